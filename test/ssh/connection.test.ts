import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Trouble } from '../../src/diagnostics/trouble.ts';
import { connect } from '../../src/hosts/connect.ts';
import { dial } from '../../src/hosts/dial.ts';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host, Target } from '../../src/model/host.ts';
import { capture } from '../../src/model/probe-makers.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import { ask } from '../sshd/ask.ts';
import { type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { temporaryFolder } from '../temporary.ts';

const PLAN = { lock: false, holder: '', users: [] };
let sshd: Sshd;
let home = '';
const before = { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK };
const open: Host[] = [];

beforeAll(async () => {
  sshd = await startSshd();
  home = temporaryFolder('home');
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  process.env.HOME = home;
  delete process.env.SSH_AUTH_SOCK;
});
afterEach(async () => {
  writeFileSync(join(home, '.ssh/config'), '');
  for (const host of open.splice(0)) await host.close();
});
afterAll(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await sshd.stop();
});

async function reach(target: Target): Promise<Host> {
  const host = await connect(target, PLAN);
  open.push(host);
  return host;
}

async function refusal(target: Target): Promise<Diagnostic> {
  try {
    await reach(target);
  } catch (error) {
    if (error instanceof Trouble && error.diagnostics[0]) return error.diagnostics[0];
    throw error;
  }
  throw new Error('It connected.');
}

const file = (name: string, text: string): string => {
  const path = join(temporaryFolder('file'), name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const without = (target: Target, ...keys: readonly (keyof Target)[]): Target =>
  Object.fromEntries(
    Object.entries(target).filter(([key]) => !keys.includes(key as keyof Target)),
  ) as unknown as Target;

test('a host is reached by key, and says who we are', async () => {
  const host = await reach(targetFor(sshd));
  expect(host.facts).toMatchObject({
    user: sshd.user,
    uid: process.getuid?.(),
    hostname: expect.stringMatching(/./),
  });
  expect(host.facts.interfaces.lo).toMatchObject({ mtu: 65536, up: true });
});

test('a host key that has changed is refused, with the line and how to forget it', async () => {
  const other = file('known_hosts', '');
  const key = execFileSync('sh', [
    '-c',
    `ssh-keygen -q -t ed25519 -N '' -f ${other}.key && cut -d' ' -f1,2 ${other}.key.pub`,
  ]);
  const name = `[${sshd.address}]:${sshd.port}`;
  appendFileSync(other, `# a comment\n${name} ${key}`);
  expect(await refusal(targetFor(sshd, { knownHostsFile: other }))).toMatchObject({
    code: 'host-key-changed',
    place: { file: other, line: 2 },
    help: expect.stringContaining(`ssh-keygen -f '${other}' -R '${name}'`),
  });
});

test('a revoked host key is refused', async () => {
  const known = readFileSync(sshd.knownHostsFile, 'utf8');
  const target = targetFor(sshd, { knownHostsFile: file('known_hosts', `@revoked ${known}${known}`) });
  expect(await refusal(target)).toMatchObject({ code: 'host-key-revoked' });
});

test('an unknown host is refused with what to do; accept-new learns it once, no takes it', async () => {
  const known = file('known_hosts', '');
  const target = targetFor(sshd, { knownHostsFile: known });
  expect(await refusal(target)).toMatchObject({
    code: 'host-key-unknown',
    help: expect.stringContaining(`ssh-keyscan -p ${sshd.port} ${sshd.address} >> ${known}`),
  });
  writeFileSync(join(home, '.ssh/config'), 'Host 127.*\n  StrictHostKeyChecking no\n');
  await reach(target);
  expect(readFileSync(known, 'utf8')).toBe('');
  writeFileSync(join(home, '.ssh/config'), 'Host 127.*\n  StrictHostKeyChecking accept-new\n');
  await reach(target);
  await reach(target);
  expect(readFileSync(known, 'utf8')).toBe(readFileSync(sshd.knownHostsFile, 'utf8'));
});

test('hashed and wildcard entries are known', async () => {
  const hashed = file('known_hosts', readFileSync(sshd.knownHostsFile, 'utf8'));
  execFileSync('ssh-keygen', ['-H', '-f', hashed], { stdio: 'ignore' });
  expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|/);
  await reach(targetFor(sshd, { knownHostsFile: hashed }));
  const wild = readFileSync(sshd.knownHostsFile, 'utf8').replace(/^\S+/, '[127.0.?.*]:*');
  await reach(targetFor(sshd, { knownHostsFile: file('known_hosts', wild) }));
});

test('the server is asked for the kind of key that is known', async () => {
  const rsa = `${sshd.folder}/host_rsa`;
  execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
  const two = await startSshd({ config: [`HostKey ${rsa}`] });
  try {
    const key = readFileSync(`${rsa}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    const knownHostsFile = file('known_hosts', `[${two.address}]:${two.port} ${key}\n`);
    await (await connect(targetFor(two, { knownHostsFile }), PLAN)).close();
  } finally {
    await two.stop();
  }
});

test('a key that is not let in says what was tried', async () => {
  const key = join(temporaryFolder('key'), 'other');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  expect(await refusal(targetFor(sshd, { identityFile: key }))).toMatchObject({
    code: 'auth-refused',
    help: expect.stringContaining(key),
  });
});

test('an encrypted key says so, and works through the agent', async () => {
  const key = join(temporaryFolder('key'), 'locked');
  writeFileSync(key, readFileSync(sshd.identityFile), { mode: 0o600 });
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', key]);
  expect(await refusal(targetFor(sshd, { identityFile: key }))).toMatchObject({
    code: 'auth-refused',
    help: expect.stringMatching(/is encrypted.*ssh-add/),
  });
  const socket = join(home, 'agent');
  const started = execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
  try {
    const environment = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync('ssh-add', ['-q', sshd.identityFile], { env: environment, stdio: 'ignore' });
    process.env.SSH_AUTH_SOCK = socket;
    await reach(targetFor(sshd, { identityFile: key }));
  } finally {
    delete process.env.SSH_AUTH_SOCK;
    process.kill(pid);
  }
});

test('an agent that is gone is one way less, not the end', async () => {
  process.env.SSH_AUTH_SOCK = join(home, 'no-such-agent');
  try {
    writeFileSync(join(home, '.ssh/id_ed25519'), readFileSync(sshd.identityFile), { mode: 0o600 });
    await reach(without(targetFor(sshd), 'identityFile'));
  } finally {
    delete process.env.SSH_AUTH_SOCK;
  }
});

test('a name of ~/.ssh/config brings address, port, user, key and known_hosts', async () => {
  const config = [
    `Include ${file('more', `Host web*\n  User ${sshd.user}\n  UserKnownHostsFile ${sshd.knownHostsFile}\n`)}`,
    'Host web7',
    `  HostName ${sshd.address}`,
    `  Port ${sshd.port}`,
    `  IdentityFile ${sshd.identityFile}`,
    '',
  ];
  writeFileSync(join(home, '.ssh/config'), config.join('\n'));
  await reach({ name: 'web7', connection: 'ssh', address: 'web7', connectTimeoutMs: 10_000 });
});

test('a host behind another is reached through it', async () => {
  const jump = await startSshd();
  try {
    appendFileSync(sshd.knownHostsFile, readFileSync(jump.knownHostsFile));
    writeFileSync(
      join(home, '.ssh/config'),
      `Host bastion\n  HostName ${jump.address}\n  Port ${jump.port}\n  IdentityFile ${jump.identityFile}\n  User ${jump.user}\n`,
    );
    appendFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${jump.identityFile}.pub`));
    const target = targetFor(sshd, { proxyJump: 'bastion', identityFile: jump.identityFile });
    const host = await connect(target, PLAN);
    expect(await ask(await host.shell(), capture('echo', 'through'))).toMatchObject({ stdout: 'through\n' });
    await host.close();
    expect(jump.log()).toContain('Accepted publickey');
  } finally {
    await jump.stop();
  }
});

test('a server is asked for a sign of life, and not for a proof that it has all of its host keys', async () => {
  const server = await startSshd({ config: ['LogLevel DEBUG1'] });
  try {
    const host = await reach(targetFor(server));
    expect(await ask(await host.shell(), capture('echo', 'here'))).toMatchObject({ stdout: 'here\n' });
    const asked = [...server.log().matchAll(/global_request: rtype (\S+)/g)].map(([, name]) => name);
    expect(asked).toEqual(['keepalive@openssh.com']);
  } finally {
    await server.stop();
  }
});

test('nobody at the port, no such name, and silence are unreachable', async () => {
  const silent: Server = createServer((socket) => socket.resume());
  const port = await new Promise<number>((resolve) =>
    silent.listen(0, '127.0.0.1', () => {
      const bound = silent.address();
      resolve(typeof bound === 'object' && bound ? bound.port : 0);
    }),
  );
  expect(await refusal(targetFor(sshd, { port, connectTimeoutMs: 200 }))).toMatchObject({
    code: 'unreachable',
    summary: expect.stringContaining('no answer within 0.2 s'),
  });
  await new Promise((resolve) => silent.close(resolve));
  expect(await refusal(targetFor(sshd, { port }))).toMatchObject({
    code: 'unreachable',
    summary: expect.stringContaining('refused'),
  });
  expect(await refusal(targetFor(sshd, { address: 'no-such-host.invalid' }))).toMatchObject({
    code: 'unreachable',
  });
});

test('what has failed before ssh2 listens is told at once', async () => {
  const gone: Server = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const bound = gone.address();
  await new Promise((resolve) => gone.close(resolve));
  const target = targetFor(sshd, { port: typeof bound === 'object' && bound ? bound.port : 0 });
  const dialled = dial(target);
  await new Promise((resolve) => dialled.socket.once('close', resolve));
  await expect(connectSsh(target, PLAN, {}, dialled)).rejects.toMatchObject({
    diagnostics: [{ code: 'unreachable', summary: expect.stringContaining('refused') }],
  });
});

test('this machine is a host without ssh', async () => {
  const host = await reach({ name: 'here', connection: 'local', address: '', connectTimeoutMs: 5_000 });
  expect(await ask(await host.shell(), capture('echo', 'local'))).toMatchObject({ stdout: 'local\n' });
});

test('a login shell that greets does not disturb', async () => {
  const greeting = await startSshd({
    config: ['ForceCommand echo welcome; echo beware >&2; eval "$SSH_ORIGINAL_COMMAND"'],
  });
  try {
    const host = await connect(targetFor(greeting), PLAN);
    expect(await ask(await host.shell(), capture('echo', 'x'))).toMatchObject({ stdout: 'x\n', stderr: '' });
    await host.close();
  } finally {
    await greeting.stop();
  }
});

test('the loop is sent without waiting for a word of the shell', async () => {
  // It says nothing until something has come, of which it takes nothing.
  const patient = 'exec bash -c \'until read -t 0; do sleep 0.01; done; eval "$SSH_ORIGINAL_COMMAND"\'';
  const waiting = await startSshd({ config: [`ForceCommand ${patient}`] });
  try {
    const host = await connect(targetFor(waiting), PLAN);
    expect(await ask(await host.shell(), capture('echo', 'x'))).toMatchObject({ stdout: 'x\n' });
    await host.close();
  } finally {
    await waiting.stop();
  }
});

test('a login that runs no commands is told apart', async () => {
  const closed = await startSshd({ config: ['ForceCommand echo This account is not available; exit 1'] });
  try {
    await expect(connect(targetFor(closed), PLAN)).rejects.toMatchObject({
      diagnostics: [{ code: 'shell-failed', summary: expect.stringContaining('not available') }],
    });
  } finally {
    await closed.stop();
  }
});

// The hosts of the bench: real sshd's on loopback addresses, and a proxy before each that delays.
import { execFileSync, fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 40_122;
/** OpenSSH's own default is a post-quantum exchange that ssh2 does not know; all tools use the same. */
const KEX = 'curve25519-sha256';

/**
 * `{ name, root, ownRoot, identityFile, knownHostsFile, user, at(rtt) }`, where `at` is `{ address, port }` to connect to. What
 * tasks manage is in `root` on each host, as on machines; the bench finds it in `ownRoot`.
 */
export function layOut(folder, amount, delays) {
  const keys = join(folder, 'keys');
  const own = join(folder, 'own');
  mkdirSync(keys, { recursive: true });
  const identityFile = join(keys, 'id_ed25519');
  const hostKey = join(keys, 'host_ed25519');
  for (const key of [identityFile, hostKey]) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  }
  const knownHostsFile = join(folder, 'known_hosts');
  const hosts = Array.from({ length: amount }, (_, index) => ({
    name: `host-${index + 1}`,
    own,
    root: join(own, 'root'),
    ownRoot: join(folder, 'hosts', `${index + 1}`, 'root'),
    folder: join(folder, 'hosts', `${index + 1}`),
    address: `127.78.0.${index + 1}`,
    user: userInfo().username,
    identityFile,
    knownHostsFile,
    at: (rtt) => ({ address: rtt === 0 ? `127.78.0.${index + 1}` : proxyOf(index, rtt), port: PORT }),
  }));
  const proxyOf = (index, rtt) => `127.79.${delays.indexOf(rtt)}.${index + 1}`;
  const shown = readFileSync(`${hostKey}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const lines = hosts.flatMap((host) =>
    [0, ...delays].map((rtt) => `[${host.at(rtt).address}]:${PORT} ${shown}\n`),
  );
  writeFileSync(knownHostsFile, lines.join(''));
  return hosts;
}

/** Starts an sshd for each host; answers a function that ends them. */
export async function startSshds(hosts) {
  const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find(existsSync);
  if (!program) throw new Error('There is no sshd. On Debian: apt-get install openssh-server');
  if (process.getuid() !== 0)
    throw new Error('The bench needs root, to give each of its hosts a state of its own.');
  // Its place for privilege separation, which Debian's package makes only when the service starts.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const children = hosts.map((host) => {
    mkdirSync(host.folder, { recursive: true });
    const config = join(host.folder, 'sshd_config');
    writeFileSync(config, sshdConfig(host));
    const sshd = [program, '-D', '-f', config, '-E', join(host.folder, 'log')];
    return spawn(...withOwnState(host, sshd), { stdio: 'ignore' });
  });
  await Promise.all(hosts.map((host) => answers(host)));
  return () => {
    for (const child of children) child.kill();
  };
}

/**
 * A mount namespace for each: machines have the same paths, and files of their own there; and Troupe's lock is a host's. Bash
 * reads ~/.bashrc at every login by ssh: what the user of this machine has in it is no part of what is measured.
 */
function withOwnState({ folder, own }, command) {
  const state = join(folder, 'state');
  for (const made of [state, own]) mkdirSync(made, { recursive: true });
  mkdirSync('/var/lib/troupe', { recursive: true, mode: 0o700 });
  const start = [
    'mount --bind "$0/state" /var/lib/troupe',
    'mount --bind "$0" "$1"',
    'shift',
    '{ [ ! -e ~/.bashrc ] || mount --bind /dev/null ~/.bashrc; }',
    'exec "$@"',
  ].join(' && ');
  return ['unshare', ['--mount', 'sh', '-c', start, folder, own, ...command]];
}

const sshdConfig = ({ address, folder, user, identityFile }) =>
  [
    `ListenAddress ${address}:${PORT}`,
    `HostKey ${join(identityFile, '../host_ed25519')}`,
    `AuthorizedKeysFile ${identityFile}.pub`,
    `PidFile ${join(folder, 'pid')}`,
    `AllowUsers ${user}`,
    `KexAlgorithms ${KEX}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UseDNS no',
    'MaxStartups 200',
    // Ansible copies its modules by SFTP unless pipelining is on.
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');

async function answers({ address, folder }) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await connects(address)) return;
    await sleep(100);
  }
  const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : 'no log';
  throw new Error(`The sshd of ${address} does not answer: ${log}`);
}

function connects(address) {
  return new Promise((resolve) => {
    const socket = createConnection(PORT, address);
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
    socket.on('close', () => resolve(!socket.errored));
  });
}

/** Starts the proxies, in a process of their own; answers a function that ends them. */
export async function startProxies(hosts, delays) {
  if (delays.length === 0) return () => {};
  const routes = delays.flatMap((rtt) =>
    hosts.map((host) => ({ from: host.at(rtt).address, to: host.address, port: PORT, rtt })),
  );
  const child = fork(new URL('delay.mjs', import.meta.url), [JSON.stringify(routes)]);
  await new Promise((resolve, reject) => {
    child.on('message', resolve);
    child.on('exit', (code) => reject(new Error(`the delaying proxy ended with status ${code}`)));
  });
  return () => child.removeAllListeners('exit').kill();
}

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host } from '../../src/model/host.ts';
import { modules } from '../../src/modules/index.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { converge, fields } from './converge.ts';

const PLAN = { lock: false, holder: '', users: [] };
const folder = mkdtempSync(join(tmpdir(), 'troupe-modules-'));
const at = (path: string): string => join(folder, path);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const bits = (path: string): number => statSync(at(path)).mode & 0o7777;
const again = async (name: string, params: unknown): Promise<void> => {
  expect(fields(await converge(host, name, params))).toEqual([]);
};
let sshd: Sshd;
let host: Host;

beforeAll(async () => {
  sshd = await startSshd();
  host = await connectSsh(targetFor(sshd), PLAN);
});
afterAll(async () => {
  await host.close();
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('copy writes a file once, with odd bytes, an odd name and a mode', async () => {
  const params = { content: 'é $HOME `x` \\ \'"\n\n%s\t\u0000end', dest: at("it's a file"), mode: '0640' };
  expect(fields(await converge(host, 'copy', params))).toEqual(['+ content', '+ mode']);
  expect(readFileSync(params.dest, 'utf8')).toBe(params.content);
  expect(bits("it's a file")).toBe(0o640);
  await again('copy', params);
});

test('copy keeps the mode of what it replaces, and changes it alone', async () => {
  writeFileSync(at('kept'), 'a\n', { mode: 0o600 });
  await converge(host, 'copy', { content: 'b\n', dest: at('kept') });
  expect([readFileSync(at('kept'), 'utf8'), bits('kept')]).toEqual(['b\n', 0o600]);
  expect(fields(await converge(host, 'copy', { content: 'b\n', dest: at('kept'), mode: 'u+x,g=r' }))).toEqual(
    ['~ mode'],
  );
  expect(bits('kept')).toBe(0o740);
});

test('copy puts a file of the role into a directory, and an empty one too', async () => {
  const params = { src: 'files/empty', bytes: new Uint8Array(), dest: folder, mode: '0755' };
  await converge(host, 'copy', params);
  expect(readFileSync(at('empty'), 'utf8')).toBe('');
  await again('copy', params);
});

test('copy replaces what a link names', async () => {
  writeFileSync(at('named'), 'a\n');
  symlinkSync('named', at('name'));
  const params = { content: 'b\n', dest: at('name'), mode: '0600' };
  await converge(host, 'copy', params);
  expect(readFileSync(at('named'), 'utf8')).toBe('b\n');
  await again('copy', params);
});

test('copy leaves the file as it was where the check refuses the new one', async () => {
  writeFileSync(at('valid'), 'good\n');
  const params = { content: 'bad\n', dest: at('valid'), validate: 'grep -q good %s' };
  await expect(converge(host, 'copy', params)).rejects.toThrow('An action failed');
  expect(readFileSync(at('valid'), 'utf8')).toBe('good\n');
  await converge(host, 'copy', { ...params, content: 'good too\n' });
});

test('template writes its rendered bytes', async () => {
  const params = { src: 'x.conf.hbs', bytes: bytes('listen 80\n'), dest: `${folder}/` };
  await converge(host, 'template', params);
  expect(readFileSync(at('x.conf'), 'utf8')).toBe('listen 80\n');
  await again('template', params);
});

test('file makes a directory with its parents, sets attributes, and removes it all', async () => {
  const params = { path: at('tree/a/b'), state: 'directory', mode: '2750' };
  await converge(host, 'file', params);
  expect([bits('tree/a/b'), bits('tree/a')]).toEqual([0o2750, 0o755]);
  await again('file', params);
  writeFileSync(at('tree/a/x'), '', { mode: 0o644 });
  const all = { path: at('tree'), state: 'directory', mode: '0700', recurse: true };
  expect(fields(await converge(host, 'file', all))).toEqual(['~ mode', '~ all below']);
  expect(bits('tree/a/x')).toBe(0o700);
  await again('file', all);
  await converge(host, 'file', { path: at('tree'), state: 'absent' });
  expect(existsSync(at('tree'))).toBe(false);
  await again('file', { path: at('tree'), state: 'absent' });
});

test('file makes links and turns them', async () => {
  await converge(host, 'file', { path: at('now'), state: 'link', src: 'one' });
  const params = { path: at('now'), state: 'link', src: 'two', force: true };
  expect(fields(await converge(host, 'file', params))).toEqual(['~ link to']);
  await again('file', params);
  await converge(host, 'file', { path: at('now'), state: 'absent' });
});

test('file touches what is not there', async () => {
  const params = { path: at('touched'), state: 'touch', mode: '0000' };
  await converge(host, 'file', params);
  expect(bits('touched')).toBe(0);
  await again('file', params);
});

(isRoot() ? test : test.skip)('files are given to others, by name or number', async () => {
  const params = { content: 'a', dest: at('given'), owner: 'nobody', group: 65534 };
  expect(fields(await converge(host, 'copy', params))).toEqual(['+ content', '+ owner', '+ group']);
  await again('copy', params);
  await again('file', { path: at('given'), owner: 65534 });
  mkdirSync(at('theirs/a'), { recursive: true });
  const all = { path: at('theirs'), state: 'directory', owner: 'nobody', recurse: true };
  await converge(host, 'file', all);
  await again('file', all);
});

test('lineinfile adds, replaces and removes a line', async () => {
  const path = at('lines');
  await converge(host, 'lineinfile', { path, line: 'Port 22', create: true, mode: '0600' });
  await converge(host, 'lineinfile', { path, line: "Name 'é'" });
  const params = { path, regexp: '^Port', line: 'Port 2222' };
  await converge(host, 'lineinfile', params);
  expect(readFileSync(path, 'utf8')).toBe("Port 2222\nName 'é'\n");
  expect(bits('lines')).toBe(0o600);
  await again('lineinfile', params);
  await converge(host, 'lineinfile', { path, regexp: '.', state: 'absent' });
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('stat says what is there', async () => {
  writeFileSync(at('seen'), 'a\n', { mode: 0o604 });
  const { result } = await converge(host, 'stat', { path: at('seen'), get_checksum: true });
  const checksum = '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7';
  expect(result).toMatchObject({ stat: { exists: true, isreg: true, mode: '0604', size: 2, checksum } });
  expect((await converge(host, 'stat', { path: at('nothing') })).result).toEqual({ stat: { exists: false } });
});

test('command runs its words as they are, where it should, and only once', async () => {
  const params = {
    argv: ['sh', '-c', 'printf "%s|" "$0" "$@" "$PWD"; cat; : >made', "a ' b", '$HOME', ''],
    chdir: folder,
  };
  const { result } = await converge(host, 'command', { ...params, stdin: 'in\n\n', creates: at('made') });
  expect(result).toMatchObject({ rc: 0, stdout: `a ' b|$HOME||${folder}|in`, stderr_lines: [] });
  await again('command', { ...params, creates: at('made') });
  await again('command', { cmd: 'false', unless: 'test -e made', chdir: folder });
  await again('command', { cmd: 'false', onlyif: 'test ! -e made', chdir: folder });
});

test('a command that fails or does not exist tells its exit status', async () => {
  await expect(converge(host, 'command', { cmd: 'sh -c "exit 3"' })).rejects.toThrow('"rc":3');
  await expect(converge(host, 'command', { cmd: 'no-such-program' })).rejects.toThrow('"rc":127');
});

test('shell runs a script of many lines', async () => {
  const { result } = await converge(host, 'shell', {
    cmd: 'set -e\nfor n in 1 2; do echo $n; done | sort -r',
  });
  expect(result).toMatchObject({ stdout_lines: ['2', '1'] });
});

test('modules that only talk or think need nothing of a host', async () => {
  await again('debug', { msg: 'x' });
  await again('set_fact', { x: 1 });
  await again('assert', { that: { text: 'a', value: true } });
  await expect(converge(host, 'fail', { msg: 'no' })).rejects.toThrow('refused: no');
});

const systemd = existsSync('/run/systemd/system');
(systemd && isRoot() ? test : test.skip)('service starts, enables and stops a unit', async () => {
  const path = '/etc/systemd/system/troupe-test.service';
  const content = '[Service]\nExecStart=/bin/sleep 999\n[Install]\nWantedBy=multi-user.target\n';
  try {
    await converge(host, 'copy', { content, dest: path });
    const params = { name: 'troupe-test', state: 'started', enabled: true };
    expect(fields(await converge(host, 'service', params))).toEqual(['~ enabled', '~ state']);
    await again('service', params);
    await converge(host, 'service', { name: 'troupe-test', state: 'restarted' });
    await converge(host, 'service', { name: 'troupe-test', state: 'stopped', enabled: false });
  } finally {
    rmSync(path, { force: true });
    await converge(host, 'service', { daemon_reload: true });
  }
});

test('a module that cannot work here says so', async () => {
  const params = modules.get('service')?.params.safeParse({ name: 'x', state: 'started' });
  expect(params?.success).toBe(true);
  if (!systemd) await expect(converge(host, 'service', params?.data)).rejects.toThrow('does not run systemd');
});

import { expect, test } from '@jest/globals';
import { FakeHost, fakeConnect } from '../../../src/hosts/fake.ts';
import type { ConnectOptions, Target } from '../../../src/model/host.ts';
import { program, readFile, sysctlValue, unit } from '../../../src/model/probe-makers.ts';
import { type Action, answers, run, step } from '../../../src/model/step.ts';

const target: Target = { name: 'web1', connection: 'ssh', address: '10.0.0.2', connectTimeoutMs: 1000 };
const options: ConnectOptions = { lock: false, holder: 'me', users: [] };
const probe = { kind: 'probe', id: 1, probe: readFile('/etc/x') } as const;

test('a request is answered part by part and counted', async () => {
  const fake = new FakeHost({ files: { '/etc/x': 'a' } });
  const host = await fakeConnect({ web1: fake })(target, options);
  const shell = await host.shell();
  const action = { kind: 'writeFile', path: '/etc/x', content: new Uint8Array([98]) } as const;
  const response = await shell.send({ parts: [{ kind: 'action', id: 2, action }, probe] });
  expect(response.answers.get(1)).toMatchObject({ exists: true, content: new Uint8Array([98]) });
  expect(response.outcomes.get(2)).toMatchObject({ ok: true, rc: 0 });
  expect([shell.frames, fake.frames, fake.text('/etc/x')]).toEqual([1, 1, 'b']);
});

test('a program that runs has the effects that its step declares', () => {
  const fake = new FakeHost({ sysctls: { 'net.x': '0' } });
  const action = run(['sysctl', '-w', 'net.x=1']);
  step('live value', '0', '1', { action, effects: [answers(sysctlValue('net.x'), { value: '1' })] });
  fake.act(action, 'root');
  expect(fake.answer(sysctlValue('net.x'))).toEqual({ value: '1' });
  expect(fake.commands).toEqual(['sysctl -w net.x=1']);
});

test('a failed action changes nothing and ends its request', async () => {
  const fake = new FakeHost({
    outcome: (action) => (action.kind === 'run' ? { rc: 3, stderr: 'no' } : undefined),
  });
  const shell = await (await fake.connect('web1', options)).shell();
  const action = run(['false']);
  step('state', 'a', 'b', { action, effects: [answers(program('x'), { path: '/bin/x' })] });
  const response = await shell.send({ parts: [{ kind: 'action', id: 2, action }, probe] });
  expect(response.outcomes.get(2)).toMatchObject({ ok: false, rc: 3, stderr: 'no' });
  expect(response.answers.size).toBe(0);
  expect(fake.answer(program('x'))).toEqual({});
});

test('a file cannot be written where its directory is missing', () => {
  const fake = new FakeHost();
  const outcome = fake.act({ kind: 'writeFile', path: '/srv/no/x', content: new Uint8Array() }, 'root');
  expect(outcome).toMatchObject({ ok: false, stderr: '/srv/no: No such file or directory' });
});

test('pending handlers outlive the connection', async () => {
  const fake = new FakeHost();
  const pending = [{ playbook: 'site.yml', role: 'web', name: 'reload' }];
  const first = await fake.connect('web1', options);
  for (const action of (await first.shell()).keepHandlers(pending)) fake.act(action, 'root');
  await first.close();
  const second = await fake.connect('web1', options);
  expect((await second.shell()).pendingHandlers).toEqual(pending);
});

test('a host that hangs does so until it is closed', async () => {
  const fake = new FakeHost({ hangs: () => true });
  const host = await fake.connect('web1', options);
  const shell = await host.shell();
  const sent = shell.send({ parts: [probe] });
  await host.close();
  await expect(sent).rejects.toMatchObject({ diagnostics: [{ code: 'unreachable', host: 'web1' }] });
});

test('hosts that are unreachable, unknown or locked are refused', async () => {
  const connect = fakeConnect({ web1: new FakeHost({ unreachable: 'connection refused' }) });
  await expect(connect(target, options)).rejects.toMatchObject({ diagnostics: [{ code: 'unreachable' }] });
  await expect(connect({ ...target, name: 'web2' }, options)).rejects.toMatchObject({ name: 'Trouble' });
  const fake = new FakeHost();
  await fake.connect('web1', { ...options, lock: true });
  await expect(fake.connect('web1', { ...options, lock: true })).rejects.toMatchObject({
    diagnostics: [{ code: 'locked' }],
  });
});

test('a bare host has no units and no packages', () => {
  expect(new FakeHost().answer(unit('apache2.service'))).toMatchObject({ load: 'not-found' });
  expect(new FakeHost().answer({ kind: 'package', name: 'apache2' })).toEqual({ installed: false });
});

test('what a real host cannot do, the fake one cannot either', () => {
  const fake = new FakeHost({
    files: { '/srv/a': 'a' },
    links: { '/srv/l': 'none/x', '/srv/ok': 'new' },
    directories: { '/srv/d': {} },
  });
  const content = new Uint8Array();
  const said = (action: Action) => fake.act(action, 'root').stderr;
  expect(said({ kind: 'writeFile', path: '/srv/a/b', content })).toBe('/srv/a: Not a directory');
  expect(said({ kind: 'writeFile', path: '/srv/d', content })).toBe(
    '/srv/d is there and is not a regular file',
  );
  expect(said({ kind: 'writeFile', path: '/srv/l', content })).toBe('/srv/l is a link that leads nowhere');
  expect(said({ kind: 'writeFile', path: '/srv/ok', content })).toBe('');
  expect(said({ kind: 'makeLink', path: '/srv/d', target: 'a' })).toBe('/srv/d is a directory');
  expect(said({ kind: 'makeDirectory', path: '/srv/a/b/c' })).toBe('/srv/a: Not a directory');
  expect(said({ kind: 'setAttributes', path: '/srv/none', mode: 0 })).toBe('/srv/none does not exist');
  expect(said({ kind: 'remove', path: '/srv' })).toBe('/srv belongs to the system: not removed');
});

test('what is behind a link of the host is its own', () => {
  const fake = new FakeHost({ links: { '/srv/l': '/opt' } });
  fake.act({ kind: 'makeLink', path: '/srv/m', target: '/opt' }, 'root');
  expect(fake.answer({ kind: 'stat', path: '/srv/l', follow: true })).toMatchObject({ type: 'directory' });
  expect(fake.answer({ kind: 'stat', path: '/srv/m', follow: true })).toMatchObject({ type: 'directory' });
  expect(fake.answer({ kind: 'stat', path: '/var/run', follow: true })).toMatchObject({ type: 'directory' });
});

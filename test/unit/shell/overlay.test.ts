import { describe, expect, test } from '@jest/globals';
import type { Probe, Stat } from '../../../src/model/probe.ts';
import { capture, program, readFile, stat, sysctlValue, unit } from '../../../src/model/probe-makers.ts';
import { type Action, answers, type Effect, run, step } from '../../../src/model/step.ts';
import { isUnknown } from '../../../src/model/value.ts';
import { Overlay } from '../../../src/shell/overlay.ts';
import { absenceOf } from '../../../src/shell/overlay-absence.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const done = (...actions: readonly Action[]): Overlay => {
  const overlay = new Overlay();
  for (const action of actions) overlay.apply(step('x', undefined, 'y', { action }));
  return overlay;
};
const overlaid = (...effects: readonly Effect[]): Overlay => {
  const overlay = new Overlay();
  overlay.apply(step('x', undefined, 'y', { action: run(['true']), effects }));
  return overlay;
};
const asked = (overlay: Overlay, probe: Probe, host = absenceOf(probe)): unknown =>
  overlay.patch(probe, host as never);
const held = (type: 'file' | 'directory', mode: number): Stat => {
  return {
    exists: true,
    type,
    mode,
    uid: 33,
    gid: 33,
    owner: 'www-data',
    group: 'www-data',
    size: 3,
    mtime: 7,
  };
};

describe('files', () => {
  test('a written file is read and seen as it was written', () => {
    const overlay = done({ kind: 'writeFile', path: '/etc/x', content: bytes('a\n'), mode: 0o600 });
    expect(asked(overlay, readFile('/etc/x'))).toMatchObject({ exists: true, content: bytes('a\n') });
    expect(asked(overlay, stat('/etc/x'))).toMatchObject({
      type: 'file',
      mode: 0o600,
      owner: 'root',
      uid: 0,
      size: 2,
    });
  });

  test('the bytes stay away where the hash is as expected', () => {
    const overlay = done({ kind: 'writeFile', path: '/etc/x', content: bytes('') });
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(asked(overlay, readFile('/etc/x', { expect: empty }))).toEqual({ exists: true, sha256: empty });
  });

  test('a replaced file keeps what it had and was not given', () => {
    const overlay = done({ kind: 'writeFile', path: '/etc/x', content: bytes('a'), group: 'root' });
    expect(asked(overlay, stat('/etc/x'), held('file', 0o640))).toMatchObject({
      mode: 0o640,
      owner: 'www-data',
      group: 'root',
      gid: 0,
    });
  });

  test('a new file belongs to who made it', () => {
    const overlay = new Overlay();
    const action: Action = { kind: 'writeFile', path: '/srv/x', content: bytes('a') };
    overlay.apply(step('content', undefined, 'a', { action }), 'alice');
    expect(asked(overlay, stat('/srv/x'))).toMatchObject({ owner: 'alice', mode: 0o644 });
  });

  test('a file that another user writes again stays with who made it', () => {
    const overlay = new Overlay();
    const action: Action = { kind: 'writeFile', path: '/srv/x', content: bytes('a') };
    overlay.act(action, 'alice');
    overlay.act(action, 'bob');
    expect(asked(overlay, stat('/srv/x'))).toMatchObject({ owner: 'alice', group: 'alice' });
  });

  test('a directory comes with its parents', () => {
    const overlay = done({ kind: 'makeDirectory', path: '/srv/a/b', mode: 0o700 });
    expect(asked(overlay, stat('/srv/a/b'))).toMatchObject({ type: 'directory', mode: 0o700 });
    expect(asked(overlay, stat('/srv/a'))).toMatchObject({ type: 'directory', mode: 0o755 });
    expect(asked(overlay, stat('/srv'), held('directory', 0o711))).toMatchObject({ mode: 0o711 });
  });

  test('removing takes all that is below, and what is made again is new', () => {
    const overlay = done(
      { kind: 'writeFile', path: '/srv/a/x', content: bytes('a') },
      { kind: 'remove', path: '/srv/a' },
      { kind: 'makeDirectory', path: '/srv/a' },
    );
    expect(asked(overlay, stat('/srv/a/x'))).toEqual({ exists: false });
    expect(asked(overlay, readFile('/srv/a/host'), { exists: true, sha256: '0' })).toEqual({ exists: false });
    expect(asked(overlay, stat('/srv/a'), held('directory', 0o711))).toMatchObject({
      mode: 0o755,
      owner: 'root',
    });
  });

  test('attributes set for a whole tree are seen below it', () => {
    const overlay = done({ kind: 'setAttributes', path: '/srv', owner: 'bob', recurse: true });
    expect(asked(overlay, stat('/srv/a/b'), held('file', 0o600))).toMatchObject({
      owner: 'bob',
      mode: 0o600,
    });
    expect(asked(overlay, stat('/srv/a/c'))).toEqual({ exists: false });
    expect(asked(overlay, stat('/srvx'), held('file', 0o600))).toMatchObject({ owner: 'www-data' });
  });

  test('a link is followed where it was asked', () => {
    const overlay = done(
      { kind: 'writeFile', path: '/srv/v2/x', content: bytes('a') },
      { kind: 'makeLink', path: '/srv/now', target: 'v2' },
    );
    expect(asked(overlay, stat('/srv/now'))).toMatchObject({ type: 'link', target: 'v2' });
    expect(asked(overlay, readFile('/srv/now/x'))).toMatchObject({ content: bytes('a') });
    expect(isUnknown(asked(overlay, readFile('/srv/now/y')))).toBe(true);
    expect(isUnknown(asked(overlay, stat('/srv/now', { follow: true })))).toBe(true);
  });
});

test('what is done through a link of the host is done to what it names', () => {
  const overlay = new Overlay();
  const link: Stat = { ...(held('file', 0o777) as object), type: 'link', target: 'real' } as Stat;
  expect(asked(overlay, stat('/etc/x'), link)).toEqual(link);
  overlay.act({ kind: 'writeFile', path: '/etc/x', content: bytes('b') });
  expect(asked(overlay, stat('/etc/x'), link)).toEqual(link);
  expect(asked(overlay, readFile('/etc/real'))).toMatchObject({ content: bytes('b') });
  expect(asked(overlay, readFile('/etc/x'))).toMatchObject({ content: bytes('b') });
});

test('what is declared of a file is known by every way to it', () => {
  const overlay = new Overlay();
  const link: Stat = { ...(held('file', 0o777) as object), type: 'link', target: 'real' } as Stat;
  asked(overlay, stat('/srv/l'), link);
  const effects = [answers(stat('/srv/l/x', { follow: true }), { exists: false })];
  overlay.apply(step('runs', undefined, 'y', { action: run(['true']), effects }));
  expect(asked(overlay, stat('/srv/real/x', { follow: true }), held('file', 0o644))).toEqual({
    exists: false,
  });
});

test('what is declared to go takes along what is below it', () => {
  const overlay = overlaid(answers(stat('/srv/a'), { exists: false }));
  expect(asked(overlay, stat('/srv/a/b'), held('file', 0o644))).toEqual({ exists: false });
});

test('a package brings what was removed before it', () => {
  const overlay = done({ kind: 'remove', path: '/etc/nginx' });
  const brings = [{ probe: stat('/etc/nginx/conf.d'), answer: held('directory', 0o755) }];
  const effects: Effect[] = [{ kind: 'installs', packages: ['nginx'], brings }];
  overlay.apply(step('nginx', undefined, '1', { action: run(['true']), effects }));
  expect(asked(overlay, stat('/etc/nginx/conf.d'))).toMatchObject({ type: 'directory' });
  expect(asked(overlay, stat('/etc/nginx/other'))).toEqual({ exists: false });
});

test('a directory of this run is there, whatever a package may bring', () => {
  const overlay = overlaid({ kind: 'installs', packages: ['lighttpd'] });
  overlay.act({ kind: 'makeDirectory', path: '/etc/lighttpd', mode: 0o700 });
  expect(asked(overlay, stat('/etc/lighttpd'))).toMatchObject({ type: 'directory', mode: 0o700 });
  expect(isUnknown(asked(overlay, stat('/etc/lighttpd/x')))).toBe(true);
});

test('what is in doubt is not known any more, whatever was done before', () => {
  const overlay = done({ kind: 'remove', path: '/srv' }, { kind: 'makeLink', path: '/srv', target: '/opt' });
  overlay.doubt(stat('/srv'), 'nobody knows');
  expect(asked(overlay, stat('/srv'))).toMatchObject({ reason: 'nobody knows' });
});

test('what hangs on the files below a directory is not known once one was touched', () => {
  const found = { ...capture('find', '/srv'), hangsOn: '/srv' };
  const same = { rc: 0, stdout: '', stderr: '', missing: false };
  const overlay = overlaid(answers(found, same));
  overlay.act({ kind: 'makeDirectory', path: '/srvx' });
  expect(asked(overlay, found, { ...same, rc: 1 })).toEqual(same);
  overlay.act({ kind: 'writeFile', path: '/srv/a/b', content: bytes('a') });
  expect(isUnknown(asked(overlay, found, same))).toBe(true);
});

test('of a link no attributes are set, nor of what it names', () => {
  const overlay = done(
    { kind: 'writeFile', path: '/srv/a', content: bytes('a') },
    { kind: 'makeLink', path: '/srv/l', target: 'a' },
    { kind: 'setAttributes', path: '/srv/l', mode: 0o600 },
  );
  expect(asked(overlay, stat('/srv/a'))).toMatchObject({ mode: 0o644 });
});

test('links in a circle lead nowhere', () => {
  const overlay = done(
    { kind: 'makeLink', path: '/srv/a', target: 'b' },
    { kind: 'makeLink', path: '/srv/b', target: 'a' },
  );
  expect(asked(overlay, stat('/srv/a', { follow: true }))).toEqual({ exists: false });
  expect(asked(overlay, readFile('/srv/a/x'))).toEqual({ exists: false });
});

test('a directory is there for who wants to read a file', () => {
  const overlay = done({ kind: 'remove', path: '/etc/x' }, { kind: 'makeDirectory', path: '/etc/x' });
  expect(asked(overlay, readFile('/etc/x'))).toEqual({ exists: true });
});

describe('units', () => {
  const path = '/etc/systemd/system/mine.service';

  test('a unit whose file is written is known and not started', () => {
    const overlay = done({ kind: 'writeFile', path, content: bytes('[Service]\n[Install]\nWantedBy=x\n') });
    const state = { load: 'loaded', active: 'inactive', enabled: 'disabled' };
    expect(asked(overlay, unit('mine.service'))).toEqual(state);
  });

  test('a unit without an Install section is static', () => {
    const overlay = done({ kind: 'writeFile', path, content: bytes('[Service]\n') });
    expect(asked(overlay, unit('mine.service'))).toMatchObject({ enabled: 'static' });
  });

  test('a unit whose file is removed is gone', () => {
    const state = { load: 'loaded', active: 'inactive', enabled: 'disabled' };
    const overlay = done({ kind: 'remove', path });
    expect(asked(overlay, unit('mine.service'), state)).toMatchObject({ load: 'not-found' });
  });

  test('what a step declares of a unit wins over its file', () => {
    const overlay = done({ kind: 'writeFile', path, content: bytes('[Service]\n') });
    const state = { load: 'loaded', active: 'active', enabled: 'static' };
    overlay.apply(step('state', 'inactive', 'active', { effects: [answers(unit('mine.service'), state)] }));
    expect(asked(overlay, unit('mine.service'))).toEqual(state);
  });
});

describe('packages', () => {
  const active = { load: 'loaded', active: 'active', enabled: 'enabled' };
  const declared: Effect = {
    kind: 'installs',
    packages: ['web'],
    brings: [
      { probe: unit('web.service'), answer: active },
      { probe: program('web'), answer: { path: '/usr/bin/web' } },
    ],
  };

  test('what a package is known to bring is there, and nothing else', () => {
    const overlay = overlaid(declared);
    expect(asked(overlay, unit('web.service'))).toEqual(active);
    expect(asked(overlay, unit('other.service'))).toMatchObject({ load: 'not-found' });
    expect(asked(overlay, stat('/etc/web/x'))).toEqual({ exists: false });
  });

  test('what the host had before stays', () => {
    const masked = { load: 'masked', active: 'inactive', enabled: 'masked' };
    expect(asked(overlaid(declared), unit('web.service'), masked)).toEqual(masked);
  });

  test('the output of a program that comes is unknown', () => {
    expect(asked(overlaid(declared), capture('web', '-v'))).toMatchObject({
      reason: 'web is installed in this run',
    });
  });

  test('anything absent may come with a package that nobody declared', () => {
    const overlay = overlaid({ kind: 'installs', packages: ['web'] });
    expect(asked(overlay, unit('web.service'))).toMatchObject({ reason: 'it may come with the package web' });
    expect(isUnknown(asked(overlay, readFile('/etc/web.conf')))).toBe(true);
    expect(asked(overlay, readFile('/srv/page'))).toEqual({ exists: false });
    expect(asked(overlay, stat('/etc/hosts'), held('file', 0o644))).toMatchObject({ exists: true });
  });

  test('a file written after it is as it was written', () => {
    const overlay = overlaid({ kind: 'installs', packages: ['web'] });
    overlay.apply(
      step('x', 1, 2, { action: { kind: 'writeFile', path: '/etc/web.conf', content: bytes('a') } }),
    );
    expect(asked(overlay, readFile('/etc/web.conf'))).toMatchObject({ content: bytes('a') });
    expect(asked(overlay, stat('/etc/web.conf'))).toMatchObject({ type: 'file' });
  });

  test('what a package takes with it is gone, and comes again with it', () => {
    const overlay = overlaid({ kind: 'uninstalls', packages: ['web'], takes: [unit('web.service')] });
    expect(asked(overlay, unit('web.service'), active)).toMatchObject({ load: 'not-found' });
    overlay.apply(step('x', 1, 2, { effects: [declared] }));
    expect(asked(overlay, unit('web.service'), { ...active, active: 'failed' })).toMatchObject({
      load: 'loaded',
    });
  });

  test('a missing parameter may come with a kernel module', () => {
    const overlay = overlaid({ kind: 'loads', module: 'ip_vs' });
    expect(isUnknown(asked(overlay, sysctlValue('net.ipv4.vs.conntrack')))).toBe(true);
    expect(asked(overlay, sysctlValue('net.ipv4.ip_forward'), { value: '0' })).toEqual({ value: '0' });
  });
});

test('only a step that changes something makes the overlay pending', () => {
  const overlay = new Overlay();
  overlay.apply(step('wait', 'busy', 'idle', { changes: false }));
  expect(overlay.pending).toBe(false);
  overlay.apply(step('state', 'busy', 'idle'));
  expect(overlay.pending).toBe(true);
});

import { describe, expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { play, ran } from './ran.ts';

const THREE = play(`
tasks:
  - {name: folder, file: {path: /srv/www, state: directory, mode: "0755"}}
  - {name: page, copy: {dest: /srv/www/index.html, content: "hello\\n", mode: "0644"}}
  - {name: setting, sysctl: {name: net.ipv4.ip_forward, value: 1}}`);

describe('a plan', () => {
  test('does nothing, foretells what apply then does, and is empty afterwards', async () => {
    const web1 = new FakeHost({ directories: { '/srv': {} }, sysctls: { 'net.ipv4.ip_forward': '0' } });
    const planned = await ran('plan', THREE, { web1 });
    expect(web1.actions).toEqual([]);
    expect(planned.lines).toEqual(['web1 folder changed', 'web1 page changed', 'web1 setting changed']);
    expect(planned.recap.exit).toBe(2);
    const applied = await ran('apply', THREE, { web1 });
    expect(applied.lines).toEqual(planned.lines);
    expect(applied.finished.map(({ changes }) => changes)).toEqual(
      planned.finished.map(({ changes }) => changes),
    );
    expect(applied.recap.exit).toBe(0);
    expect(web1.text('/srv/www/index.html')).toBe('hello\n');
    const again = await ran('plan', THREE, { web1 });
    expect(again.lines).toEqual(['web1 folder ok', 'web1 page ok', 'web1 setting ok']);
    expect(again.recap.exit).toBe(0);
  });

  test('takes what hangs on a command that has not run as unknown, with the reason', async () => {
    const web1 = new FakeHost();
    const planned = await ran(
      'plan',
      play(`
tasks:
  - {name: ask, command: id -u, register: who}
  - {name: tell, when: who.rc == 0, debug: {msg: "{{who.stdout}}"}}
  - {name: anyway, debug: {msg: x}}`),
      { web1 },
    );
    expect(planned.lines).toEqual(['web1 ask changed', 'web1 tell unknown', 'web1 anyway ok']);
    expect(planned.finished[1]?.reason).toContain('ask');
    expect(planned.recap.exit).toBe(2);
  });

  test('knows of an unknown package what the package manager tells, and no more', async () => {
    const stat = { type: 'directory', mode: 0o755, owner: 'root', group: 'root' } as const;
    const brings = [
      { name: 'libodd1', files: [] },
      {
        name: 'odd',
        files: [{ path: '/etc/odd', stat }, { path: '/lib/systemd/system/odd.service' }],
      },
    ];
    const contents = { files: true };
    const probe = { kind: 'package', name: 'odd', contents } as const;
    const planned = await ran(
      'plan',
      play(`
tasks:
  - {name: install, package: {name: odd}}
  - {name: library, package: {name: libodd1}}
  - {name: folder, file: {path: /etc/odd, state: directory}}
  - {name: running, service: {name: odd, state: started}}
  - {name: other, copy: {dest: /etc/other/x, content: x}}`),
      { web1: new FakeHost({ answers: [[probe, { installed: false, brings }]] }) },
    );
    expect(planned.lines).toEqual([
      'web1 install changed',
      'web1 library ok',
      'web1 folder ok',
      'web1 running unknown',
      'web1 other unknown',
    ]);
    expect(planned.finished[3]?.reason).toBe('it comes with the package odd');
  });

  test('takes a fact that it cannot decide as unknown, and not as the variable it hides', async () => {
    const planned = await ran(
      'plan',
      play(`
vars: {port: 80}
tasks:
  - {name: ask, command: id -u, register: who}
  - {name: decide, set_fact: {port: "{{who.stdout}}"}}
  - {name: use, assert: {that: port == 80}}`),
      { web1: new FakeHost() },
    );
    expect(planned.lines).toEqual(['web1 ask changed', 'web1 decide unknown', 'web1 use unknown']);
  });

  test('asks again where a register that is used twice changes what a task looks at', async () => {
    const web1 = new FakeHost({ files: { '/a': 'a', '/b': 'b' }, directories: { '/': {} } });
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: first, set_fact: {path: /a}}
  - {name: look at a, stat: {path: "{{path}}"}, register: seen}
  - {name: second, set_fact: {path: /none}}
  - {name: look at none, stat: {path: "{{path}}"}, register: seen}
  - {name: gone, assert: {that: "!seen.stat.exists"}}`),
      { web1 },
    );
    expect(applied.recap.exit).toBe(0);
  });
});

describe('what the host lacks', () => {
  const files = (first: string): ReturnType<typeof play> =>
    play(`
tasks:
  - ${first}
  - {name: setting, sysctl: {name: net.no.such, value: 1}}`);

  test('is refused by a plan with nothing to change before, as by apply', async () => {
    for (const mode of ['plan', 'apply'] as const) {
      const run = await ran(mode, files('{name: look, stat: {path: /}}'), { web1: new FakeHost() });
      expect([run.lines, run.recap.exit]).toEqual([['web1 look ok', 'web1 setting failed'], 1]);
    }
  });

  test('fails where no host can change what is wrong, whatever came before', async () => {
    const tasks = 'tasks: [{name: first, command: x}, {name: never, fail: {msg: no}}]';
    const planned = await ran('plan', play(tasks), { web1: new FakeHost() });
    expect(planned.lines).toEqual(['web1 first changed', 'web1 never failed']);
  });

  test('is known only when applied where a command came before, which may bring it', async () => {
    const planned = await ran('plan', files('{name: first, command: bring it}'), { web1: new FakeHost() });
    expect(planned.lines).toEqual(['web1 first changed', 'web1 setting unknown']);
    expect(planned.finished[1]?.reason).toContain('«first»');
  });
});

test('a plan sees through the links of the host, whatever a file is called', async () => {
  const host = () => new FakeHost({ files: { '/srv/v1/x': 'a' }, links: { '/srv/now': 'v1' } });
  const files = play(`
tasks:
  - {name: go, file: {path: /srv/v1/x, state: absent}}
  - {name: anew, copy: {dest: /srv/now/x, content: a}}`);
  const web1 = host();
  const planned = await ran('plan', files, { web1 });
  expect(planned.lines).toEqual(['web1 go changed', 'web1 anew changed']);
  expect(web1.frames).toBe(1);
  expect((await ran('apply', files, { web1 })).lines).toEqual(planned.lines);
});

describe('a task of which a plan does not know what it does', () => {
  const files = (second: string): ReturnType<typeof play> =>
    play(`
tasks:
  - {name: package, package: {name: lighttpd}}
  - {name: page, lineinfile: {path: /opt/x, line: a, create: true}}
  - ${second}`);

  test('leaves what it looked at unknown to those after it', async () => {
    const again = '{name: again, lineinfile: {path: /opt/x, line: b}}';
    const planned = await ran('plan', files(again), { web1: new FakeHost() });
    expect(planned.lines).toEqual(['web1 package changed', 'web1 page unknown', 'web1 again unknown']);
    expect(planned.finished[2]?.reason).toContain('page');
  });

  test('leaves directories as they are', async () => {
    const beside = '{name: beside, file: {path: /opt, state: directory}}';
    const planned = await ran('plan', files(beside), { web1: new FakeHost() });
    expect(planned.lines).toEqual(['web1 package changed', 'web1 page unknown', 'web1 beside ok']);
  });
});

test('a plan knows a task that needs no answer which is not known', async () => {
  const web1 = new FakeHost({ files: { '/etc/x.conf': 'a' } });
  const files = play(
    `
tasks:
  - {name: package, package: {name: lighttpd}}
  - {name: settings, template: {src: x.conf.hbs, dest: /etc/x.conf}}`,
    { 'templates/x.conf.hbs': 'b' },
  );
  const planned = await ran('plan', files, { web1 });
  expect(planned.lines).toEqual(['web1 package changed', 'web1 settings changed']);
  expect((await ran('apply', files, { web1 })).lines).toEqual(planned.lines);
});

test('a guard of a command is not asked in a plan behind a change', async () => {
  const files = (first: string): ReturnType<typeof play> =>
    play(`
tasks:
  - {name: first, file: {path: /srv/x, state: ${first}}}
  - {name: make, command: {cmd: make it, onlyif: test -e /srv/x}}`);
  const captures = [{ argv: ['sh', '-c', 'test -e /srv/x'] }];
  const web1 = () => new FakeHost({ files: { '/srv/x': 'a' }, captures });
  expect((await ran('plan', files('touch'), { web1: web1() })).lines).toEqual([
    'web1 first ok',
    'web1 make changed',
  ]);
  const planned = await ran('plan', files('absent'), { web1: web1() });
  expect(planned.lines).toEqual(['web1 first changed', 'web1 make unknown']);
});

describe('round trips', () => {
  const many = play(`
tasks:
${Array.from({ length: 100 }, (_, n) => `  - {name: t${n}, file: {path: /srv/d${n}, state: directory}}`).join('\n')}`);

  test('an unchanged play costs one request', async () => {
    const directories = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`/srv/d${n}`, {}]));
    const web1 = new FakeHost({ directories });
    for (const mode of ['plan', 'apply'] as const) {
      const before = web1.frames;
      expect((await ran(mode, many, { web1 })).recap.exit).toBe(0);
      expect(web1.frames - before).toBe(1);
    }
  });

  test('a place inside a destination is asked where that is a directory, for all of them by one request more', async () => {
    const copies = (dest: string, from: number) =>
      [from, from + 1].map((n) => `  - {name: c${n}, copy: {src: f${n}, dest: ${dest}}}`).join('\n');
    const files = {
      ...play(`
tasks:\n${copies('/srv/file', 1)}\n${copies('/srv/dir', 3)}`),
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`files/f${n}`, `text ${n}`])),
    };
    const text = (n: number) => `text ${n}`;
    const web1 = new FakeHost({
      directories: { '/srv': {}, '/srv/dir': {} },
      files: { '/srv/file': text(1), '/srv/dir/f3': text(3) },
    });
    const planned = await ran('plan', files, { web1 });
    expect(planned.lines).toEqual(['web1 c1 ok', 'web1 c2 changed', 'web1 c3 ok', 'web1 c4 changed']);
    expect(web1.frames).toBe(2);
    const asked = web1.requests.map(({ request }) =>
      request.parts.flatMap((part) =>
        part.kind === 'probe' && 'path' in part.probe && /\/f\d$/.test(part.probe.path)
          ? [part.probe.path]
          : [],
      ),
    );
    expect(asked[0]).toEqual([]);
    expect(new Set(asked[1])).toEqual(new Set(['/srv/dir/f3', '/srv/dir/f4']));
    const applied = await ran('apply', files, { web1 });
    expect(applied.lines).toEqual(planned.lines);
    expect(web1.actions.flatMap((action) => ('path' in action ? [action.path] : []))).toContain(
      '/srv/dir/f4',
    );
    expect((await ran('apply', files, { web1 })).lines[2]).toBe('web1 c3 ok');
  });

  test('where a destination was a directory before a change, what is inside of it is asked at once after it', async () => {
    const files = {
      ...play(`
tasks:
  - {name: first, copy: {src: one, dest: /srv/dir}}
  - {name: change, command: make}
  - {name: second, copy: {src: one, dest: /srv/dir}}`),
      'files/one': 'one',
    };
    const web1 = new FakeHost({ directories: { '/srv/dir': {} }, files: { '/srv/dir/one': 'one' } });
    const applied = await ran('apply', files, { web1 });
    expect(applied.lines).toEqual(['web1 first ok', 'web1 change changed', 'web1 second ok']);
    // What is there, what is inside, and the command with all that comes after it.
    expect(web1.frames).toBe(3);
  });

  test('a plan costs one request, however much is to change', async () => {
    const web1 = new FakeHost({ directories: { '/srv': {} } });
    expect((await ran('plan', many, { web1 })).recap.exit).toBe(2);
    expect(web1.frames).toBe(1);
  });

  test('a change costs one more, its inspection afterwards in the same', async () => {
    const directories = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [`/srv/d${n}`, {}]).filter(([path]) => path !== '/srv/d50'),
    );
    const web1 = new FakeHost({ directories });
    const applied = await ran('apply', many, { web1 });
    expect(applied.recap.hosts.web1).toMatchObject({ ok: 99, changed: 1 });
    // One to see all, one to change, and those that look behind the change: 4, 8, 16, 32 tasks at a time.
    expect(web1.frames).toBeLessThanOrEqual(6);
  });
});

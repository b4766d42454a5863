import { describe, expect, test } from '@jest/globals';
import { FakeHost, type FakeHostOptions } from '../../../src/hosts/fake.ts';
import type { Part } from '../../../src/model/host.ts';
import { play, ran } from './ran.ts';

const BARE = { directories: { '/srv': {}, '/etc': {} } };
const bare = (options: FakeHostOptions = {}) => new FakeHost({ ...BARE, ...options });
const NGINX = { 'nginx.service': { load: 'loaded', active: 'inactive' } };

/** Paths that each request changes, `?` where it looks in between. */
const requests = (host: FakeHost): readonly string[] =>
  host.requests.map(({ request }) => {
    const words = request.parts.map((part: Part) =>
      part.kind === 'probe' ? '?' : 'path' in part.action ? part.action.path : part.action.kind,
    );
    return words.filter((word, at) => word !== '?' || words[at - 1] !== '?').join(' ');
  });

describe('changes of files', () => {
  test('travel together, and are inspected together afterwards', async () => {
    const web1 = bare();
    const files = play(`
tasks:
  - {name: folder, file: {path: /srv/a, state: directory, mode: "0750"}}
  - {name: right already, file: {path: /srv, state: directory}}
  - {name: page, copy: {dest: /srv/a/x, content: a}}
  - {name: link, file: {path: /srv/b, src: a, state: link}}`);
    const applied = await ran('apply', files, { web1 });
    expect(applied.lines).toEqual([
      'web1 folder changed',
      'web1 right already ok',
      'web1 page changed',
      'web1 link changed',
    ]);
    expect(requests(web1)).toEqual(['?', '/srv/a /srv/a/x /srv/b ?']);
    expect((await ran('plan', files, { web1 })).recap.exit).toBe(0);
  });

  test('are inspected in between where a later one changes what was just made', async () => {
    const web1 = bare();
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: whole, copy: {dest: /srv/x, content: "a\\n"}}
  - {name: other, copy: {dest: /srv/y, content: "a\\n"}}
  - {name: line, lineinfile: {path: /srv/x, line: b}}
  - {name: gone, file: {path: /srv/y, state: absent}}`),
      { web1 },
    );
    expect(applied.recap.exit).toBe(0);
    expect(requests(web1)).toEqual(['?', '/srv/x /srv/y ? /srv/x /srv/y ?']);
    expect(applied.finished[2]?.changes[0]).toMatchObject({
      before: { text: 'a\n' },
      after: { text: 'a\nb\n' },
    });
    expect([web1.text('/srv/x'), web1.text('/srv/y')]).toEqual(['a\nb\n', undefined]);
  });

  test('are seen through links of the host, whatever a file is called', async () => {
    const web1 = new FakeHost({ directories: { '/srv/real': {} }, links: { '/srv/link': 'real' } });
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: by one name, copy: {dest: /srv/link/x, content: "a\\n"}}
  - {name: by the other, lineinfile: {path: /srv/real/x, line: b}}`),
      { web1 },
    );
    expect(applied.lines).toEqual(['web1 by one name changed', 'web1 by the other changed']);
    expect(requests(web1)).toEqual(['?', '/srv/link/x ? /srv/real/x ?']);
  });

  test('end at a failure: what was done before it is told, nothing after it is done', async () => {
    const web1 = bare({
      outcome: (action) => ('path' in action && action.path === '/srv/b' ? { rc: 1, stderr: 'full' } : {}),
    });
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: a, file: {path: /srv/a, state: directory}}
  - {name: b, file: {path: /srv/b, state: directory}}
  - {name: c, file: {path: /srv/c, state: directory}}`),
      { web1 },
    );
    expect(applied.lines).toEqual(['web1 a changed', 'web1 b failed']);
    expect(applied.finished[1]?.diagnostic?.summary).toContain('full');
    expect(web1.actions).toHaveLength(2);
  });

  test('go on behind a failure that is ignored', async () => {
    const web1 = bare({
      outcome: (action) => ('path' in action && action.path === '/srv/a' ? { rc: 1 } : {}),
    });
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: a, ignore_errors: true, file: {path: /srv/a, state: directory}}
  - {name: b, file: {path: /srv/b, state: directory}}`),
      { web1 },
    );
    expect(applied.lines).toEqual(['web1 a failed (ignored)', 'web1 b changed']);
  });

  test('that were done with one that turns out wrong afterwards are told all the same, and notify', async () => {
    const web1: FakeHost = bare({
      refusesProbe: (probe) =>
        'path' in probe && probe.path === '/srv/a' && web1.actions.length > 0
          ? { failed: 'permission-denied', detail: 'no' }
          : undefined,
    });
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: a, notify: tell, file: {path: /srv/a, state: directory}}
  - {name: b, notify: tell, file: {path: /srv/b, state: directory}}
  - {name: c, command: never}
handlers:
  - {name: tell, command: tell it}`),
      { web1 },
    );
    expect(applied.lines).toEqual(['web1 a failed', 'web1 b changed']);
    expect(web1.text('/var/lib/troupe/handlers.json')).toContain('tell');
  });

  test('that were done when the run is interrupted are told', async () => {
    const stop = new AbortController();
    const web1 = bare();
    const files = play(`
tasks:
  - {name: a, file: {path: /srv/a, state: directory}}
  - {name: b, file: {path: /srv/b, state: directory}}
  - {name: c, command: never}`);
    const applied = await ran(
      'apply',
      files,
      { web1 },
      {
        signal: stop.signal,
        onEvent: ({ event }) => {
          if (event === 'task_finished') stop.abort();
        },
      },
    );
    expect(applied.lines).toEqual(['web1 a changed', 'web1 b changed']);
    expect([applied.recap.exit, web1.commands]).toEqual([130, []]);
  });
});

describe('a change of files waits', () => {
  const second = '{name: then, file: {path: /srv/b, state: directory}}';
  const cases: readonly (readonly [why: string, between: string, requests: number])[] = [
    ['for a command', '{name: run, command: true}', 4],
    [
      'for a result that may decide about it',
      '{name: a, file: {path: /srv/x, state: directory}, register: it}',
      3,
    ],
    [
      'for what another user does',
      '{name: a, become: true, become_user: www, file: {path: /srv/x, state: directory}}',
      7,
    ],
    [
      'for a rule over a result',
      '{name: a, file: {path: /srv/x, state: directory}, failed_when: "false"}',
      4,
    ],
    ['for a unit, which may hang on files', '{name: a, service: {name: nginx, state: started}}', 4],
    [
      'for who users are',
      '{name: a, lineinfile: {path: /etc/passwd, line: "x:x:1:1::/:/bin/sh", create: true}}',
      4,
    ],
  ];

  test.each(cases)('%s', async (_why, between, most) => {
    const web1 = bare({ units: NGINX });
    const files = play(`
tasks:
  - {name: first, file: {path: /srv/a, state: directory}}
  - ${between}
  - ${second}`);
    const applied = await ran('apply', files, { web1 });
    const together = requests(web1).filter((text) => text.includes('/srv/a') && text.includes('/srv/b'));
    expect(together).toEqual([]);
    expect(applied.lines.at(-1)).toBe('web1 then changed');
    expect(web1.frames).toBeLessThanOrEqual(most);
  });

  test('where its handler must be written down first', async () => {
    const web1 = bare();
    await ran(
      'apply',
      play(`
tasks:
  - {name: a, notify: one, file: {path: /srv/a, state: directory}}
  - {name: b, notify: one, file: {path: /srv/b, state: directory}}
  - {name: c, notify: two, file: {path: /srv/c, state: directory}}
handlers:
  - {name: one, debug: {msg: x}}
  - {name: two, debug: {msg: x}}`),
      { web1 },
    );
    const list = '/var/lib/troupe/handlers.json';
    expect(requests(web1)).toEqual(['?', `${list} /srv/a /srv/b ?`, `${list} /srv/c ?`, list]);
  });
});

test('a handler is written down before the change that notifies it, though a task that notified nothing named it before', async () => {
  const web1 = bare();
  await ran(
    'apply',
    play(`
tasks:
  - {name: right already, notify: tell, file: {path: /srv, state: directory}}
  - {name: change, notify: tell, file: {path: /srv/a, state: directory}}
handlers:
  - {name: tell, debug: {msg: x}}`),
    { web1 },
  );
  expect(requests(web1)[1]).toBe('/var/lib/troupe/handlers.json /srv/a ?');
});

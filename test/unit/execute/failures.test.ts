import { describe, expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { play, ran } from './ran.ts';

const TWO = { 'hosts.yml': 'all: {hosts: {web1: {}, web2: {}}}\n' };
const failing = () =>
  new FakeHost({
    outcome: (action) =>
      action.kind === 'run' && action.argv[0] === 'bad' ? { rc: 3, stderr: 'it hurts' } : undefined,
  });

describe('a task that fails', () => {
  const files = play(
    `
tasks:
  - {name: works, command: good}
  - {name: fails, command: bad}
  - {name: not reached, command: good}`,
    TWO,
  );

  test('ends its host, says where and why, and leaves the other host alone', async () => {
    const web1 = failing();
    const web2 = new FakeHost();
    const applied = await ran('apply', files, { web1, web2 });
    expect(web1.commands).toEqual(['good', 'bad']);
    expect(web2.commands).toEqual(['good', 'bad', 'good']);
    expect(applied.recap.exit).toBe(1);
    const failure = applied.finished.find(({ status }) => status === 'failed');
    expect(failure).toMatchObject({
      host: 'web1',
      diagnostic: {
        code: 'action-failed',
        summary: expect.stringContaining('it hurts'),
        place: { line: 4 },
        host: 'web1',
      },
    });
  });

  test('ends the run for all with any_errors_fatal', async () => {
    const two = {
      ...TWO,
      'site.yml': `- hosts: all
  any_errors_fatal: true
  tasks: [{name: fails, command: bad}]
- hosts: all
  tasks: [{name: not reached, command: good}]
`,
    };
    const web2 = new FakeHost();
    expect((await ran('apply', two, { web1: failing(), web2 })).recap.exit).toBe(1);
    expect(web2.commands).toEqual(['bad']);
  });

  test('is passed over with ignore_errors, and its register tells', async () => {
    const web1 = failing();
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: fails, command: bad, ignore_errors: true, register: it}
  - {name: told, assert: {that: it.failed && it.rc == 3}}`),
      { web1 },
    );
    expect(applied.lines).toEqual(['web1 fails failed (ignored)', 'web1 told ok']);
    expect(applied.recap.exit).toBe(0);
  });
});

describe('block, rescue, always', () => {
  const files = play(`
tasks:
  - block:
      - {name: fails, command: bad}
      - {name: not reached, command: good}
    rescue:
      - {name: rescues, command: mend}
    always:
      - {name: always, command: sweep}
  - {name: goes on, command: good}`);

  test('a rescue mends, always runs, and the host goes on', async () => {
    const web1 = failing();
    const applied = await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['bad', 'mend', 'sweep', 'good']);
    expect(applied.recap.exit).toBe(0);
  });

  test('without a failure the rescue is not run', async () => {
    const web1 = new FakeHost();
    await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['bad', 'good', 'sweep', 'good']);
  });

  test('what a rescue changed is seen by what comes after it', async () => {
    const web1 = failing();
    const applied = await ran(
      'apply',
      play(`
tasks:
  - {name: look, stat: {path: /srv}}
  - block:
      - {name: fails, command: bad}
    rescue:
      - {name: make, file: {path: /srv, state: directory}}
    always:
      - {name: see, stat: {path: /srv}, register: srv}
  - {name: there, assert: {that: srv.stat.exists}}`),
      { web1 },
    );
    expect(applied.recap.exit).toBe(0);
  });

  test('a rescue that fails too fails the host, after always', async () => {
    const web1 = failing();
    const applied = await ran(
      'apply',
      play(`
tasks:
  - block: [{name: fails, command: bad}]
    rescue: [{name: fails too, command: bad}]
    always: [{name: always, command: sweep}]
  - {name: not reached, command: good}`),
      { web1 },
    );
    expect(web1.commands).toEqual(['bad', 'bad', 'sweep']);
    expect(applied.recap).toMatchObject({ exit: 1, hosts: { web1: { failed: 1 } } });
  });
});

describe('handlers', () => {
  const files = play(`
tasks:
  - {name: page, copy: {dest: /page, content: x}, notify: restart}
  - {name: other, command: good}
handlers:
  - {name: not notified, command: never}
  - {name: restart, command: restart it}`);

  test('run once at the end when something changed, and not otherwise', async () => {
    const web1 = new FakeHost({ directories: { '/': {} } });
    await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['good', 'restart it']);
    await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['good', 'restart it', 'good']);
  });

  test('of a run that failed are run by the next one', async () => {
    let broken = true;
    const web1 = new FakeHost({
      directories: { '/': {} },
      outcome: (action) =>
        broken && action.kind === 'run' && action.argv[0] === 'good' ? { rc: 1 } : undefined,
    });
    expect((await ran('apply', files, { web1 })).recap.exit).toBe(1);
    expect(web1.commands).toEqual(['good']);
    broken = false;
    expect((await ran('plan', files, { web1 })).lines).toContain('web1 restart changed');
    expect((await ran('apply', files, { web1 })).recap.exit).toBe(0);
    expect(web1.commands).toEqual(['good', 'good', 'restart it']);
    await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['good', 'good', 'restart it', 'good']);
  });
});

describe('hosts', () => {
  test('that cannot be reached do not hinder the others', async () => {
    const web2 = new FakeHost();
    const files = play('tasks: [{name: t, command: good}]', TWO);
    const applied = await ran('apply', files, { web1: new FakeHost({ unreachable: 'no route' }), web2 });
    expect(web2.commands).toEqual(['good']);
    expect(applied.recap).toMatchObject({
      exit: 1,
      hosts: { web1: { unreachable: 1 }, web2: { changed: 1 } },
    });
  });

  test('are let go when the run is interrupted: what is under way ends, nothing new is begun', async () => {
    const stop = new AbortController();
    const web1 = new FakeHost();
    const files = play('tasks: [{name: a, command: one}, {name: b, command: two}]');
    const applied = await ran(
      'apply',
      files,
      { web1 },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.event === 'task_started') stop.abort();
        },
      },
    );
    expect(web1.commands).toEqual(['one']);
    expect(applied.recap.exit).toBe(130);
  });
});

describe('until', () => {
  test('tries again as often as it may, and says so when it never comes true', async () => {
    const web1 = new FakeHost({ outcome: () => ({ rc: 1 }) });
    const files = play(
      'tasks: [{name: t, command: ask, register: it, until: it.rc == 0, retries: 2, delay: 0, failed_when: false}]',
    );
    const applied = await ran('apply', files, { web1 });
    expect(web1.commands).toEqual(['ask', 'ask', 'ask']);
    expect(applied.finished[0]?.diagnostic?.summary).toContain('3 attempts');
    expect(applied.recap.exit).toBe(1);
  });

  test('sees what has changed since', async () => {
    let asked = 0;
    const web1 = new FakeHost({ outcome: () => ({ rc: asked++ < 2 ? 1 : 0 }) });
    const files = play(
      'tasks: [{name: t, command: ask, register: it, until: it.rc == 0, retries: 5, delay: 0, failed_when: false}]',
    );
    expect((await ran('apply', files, { web1 })).recap.exit).toBe(0);
    expect(asked).toBe(3);
  });
});

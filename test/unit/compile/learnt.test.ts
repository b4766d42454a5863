import { describe, expect, test } from '@jest/globals';
import { brief, compiled, factsOf, faults, said, tasksOn } from './compiled.ts';

const play = (tasks: string, vars = '{}'): Readonly<Record<string, string>> => ({
  'site.yml': `- hosts: all\n  vars: ${vars}\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`,
});
const facts = factsOf('debian');

describe('A register', () => {
  const files = play(`
- name: ask
  command: "true"
  register: result
- debug: {msg: "{{result.rc}}"}
- debug: {msg: ran}
  when: result.rc == 0
- debug: {msg: never}
  when: [result.rc == 0, 1 > 2]
- debug: {msg: "{{default result.stdout 'none'}}"}`);

  test('is unknown before its task ran; a false condition beside it decides', () => {
    expect(said(compiled(files))).toEqual([
      'unknown: hangs on the result of the task «ask»',
      'unknown: hangs on the result of the task «ask»',
      'skipped: when: 1 > 2',
      'unknown: hangs on the result of the task «ask»',
    ]);
  });

  test.each<[number, readonly unknown[]]>([
    [0, [0, 'ran', 'skipped: when: 1 > 2', 'out']],
    [1, [1, 'skipped: when: result.rc == 0', 'skipped: when: result.rc == 0', 'out']],
  ])('decides once it is known: rc %i', (rc, expected) => {
    expect(said(compiled(files), { result: { rc, stdout: 'out' } }, { facts })).toEqual(expected);
  });

  test('of a later task is not defined yet', () => {
    expect(faults(play('- debug: {msg: "{{result.rc}}"}\n- command: "true"\n  register: result'))).toEqual([
      "undefined-variable site.yml:4:20 The variable 'result' is not defined.",
    ]);
  });

  test('is known to handlers, which come after all tasks', () => {
    const handler = '  handlers:\n    - name: h\n      debug: {msg: "{{result.rc}}"}\n';
    const { 'site.yml': site } = play('- command: "true"\n  register: result\n  notify: h');
    const [host] = compiled({ 'site.yml': site + handler }).plays[0]?.hosts ?? [];
    expect(host?.handlers.map((task) => brief(task.expand({ learnt: new Map() })))).toEqual([
      ['unknown: hangs on the result of the task «command»'],
    ]);
  });

  test('goes on to hold in the next play', () => {
    const { 'site.yml': site } = play('- command: "true"\n  register: result');
    const files = { 'site.yml': `${site}- hosts: all\n  tasks:\n    - debug: {msg: "{{result.rc}}"}\n` };
    expect(said(compiled(files), { result: { rc: 3 } }, { facts })).toEqual([3]);
  });

  test('does not hide a misspelt name beside it', () => {
    expect(faults(play('- command: "true"\n  register: result\n- debug: {msg: "{{resutl.rc}}"}'))).toEqual([
      "undefined-variable site.yml:6:20 The variable 'resutl' is not defined.",
    ]);
    expect(faults(play('- command: "true"\n  register: result\n- debug: {mgs: "{{result.rc}}"}'))).toEqual([
      "unknown-parameter site.yml:6:15 debug has no parameter 'mgs'.",
    ]);
    expect(
      faults(
        play('- command: "true"\n  register: result\n- debug: {msg: "{{nope}}"}\n  when: result.rc == 0'),
      ),
    ).toEqual(["undefined-variable site.yml:6:20 The variable 'nope' is not defined."]);
  });
});

describe('A set_fact', () => {
  const files = play(
    `
- debug: {msg: "{{mode}}"}
- set_fact: {mode: new}
- debug: {msg: "{{mode}}"}
- assert: {that: mode == "new"}`,
    '{mode: old}',
  );

  test('is not taken for done before the run: what it hides is not what later tasks will see', () => {
    expect(faults(files)).toEqual([]);
    expect(said(compiled(files))).toEqual(['old', 'unknown: hangs on the result of the task «set_fact»']);
  });

  test('holds once it ran, and where it was skipped what it would have hidden does', () => {
    const playbook = compiled(files);
    expect(said(playbook, { mode: 'new' }, { facts })[1]).toBe('new');
    expect(said(playbook, {}, { facts })[1]).toBe('old');
  });

  test('does not hide -e', () => {
    expect(said(compiled(files, { extraVars: ['mode=new'] }))).toEqual(['new', 'new']);
  });
});

describe('changed_when, failed_when and until', () => {
  const task = (keywords: string, register = 'register: result') =>
    tasksOn(compiled(play(`- command: "true"\n  ${register}\n  ${keywords}`, '{limit: 2}')))[0]?.expand({
      facts,
      learnt: new Map(),
    });
  const item = (keywords: string, register?: string) => {
    const expansion = task(keywords, register);
    const one = expansion?.kind === 'ready' ? expansion.items[0] : undefined;
    if (one?.kind !== 'ready') throw new Error('not ready');
    return one;
  };

  test.each<[string, number, unknown]>([
    ['changed_when: result.rc == 2', 2, { kind: 'decided', value: true }],
    ['changed_when: result.rc == limit', 1, { kind: 'decided', value: false, text: 'result.rc == limit' }],
    ['changed_when: false', 0, { kind: 'decided', value: false, text: 'false' }],
    ['changed_when: [result.rc > 0, result.rc < limit]', 1, { kind: 'decided', value: true }],
  ])('%s with rc %i', (keywords, rc, expected) => {
    expect(item(keywords).changedWhen?.({ rc })).toEqual(expected);
  });

  test('see the result under its own fields where nothing is registered', () => {
    expect(item('failed_when: rc > 1', '').failedWhen?.({ rc: 2 })).toMatchObject({ value: true });
  });

  test('until has three retries, five seconds apart, where nothing else is said', () => {
    expect(item('until: result.rc == 0').until).toMatchObject({ retries: 3, delayMs: 5000 });
    const { until } = item('until: result.rc == 0\n  retries: 10\n  delay: 1');
    expect(until).toMatchObject({ retries: 10, delayMs: 1000 });
    expect(until?.rule({ rc: 0 })).toEqual({ kind: 'decided', value: true });
  });

  test.each<[string, string, readonly string[]]>([
    [
      'failed_when: reslt.rc > 0',
      'register: result',
      ["undefined-variable site.yml:6:20 The variable 'reslt' in the condition reslt.rc > 0 is not defined."],
    ],
    [
      'until: result.rc = 0',
      'register: result',
      [expect.stringContaining('condition-syntax site.yml:6:14') as unknown as string],
    ],
    [
      'changed_when: result.rc > 0 and limit > 1',
      'register: result',
      [expect.stringContaining('condition-syntax site.yml:6:21') as unknown as string],
    ],
    ['changed_when: rc > 0', '', []],
  ])('are read before the run: %s', (keywords, register, expected) => {
    expect(faults(play(`- command: "true"\n  ${register}\n  ${keywords}`, '{limit: 2}'))).toEqual(expected);
  });
});

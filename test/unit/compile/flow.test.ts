import { describe, expect, test } from '@jest/globals';
import type { HostNode } from '../../../src/model/compiled.ts';
import type { Value } from '../../../src/model/value.ts';
import type { AnyModule } from '../../../src/modules/module.ts';
import { type Asked, brief, compiled, type Files, factsOf, faults, said, tasksOn } from './compiled.ts';

const play = (body: string): Files => ({ 'site.yml': `- hosts: all\n${body.trim().replace(/^/gm, '  ')}\n` });
const facts = factsOf('debian');

/** Nodes as their messages; a block as its three lists. */
const shape = (nodes: readonly HostNode<AnyModule>[]): readonly unknown[] =>
  nodes.map((node) =>
    node.kind === 'task'
      ? node.ref.label
      : { tasks: shape(node.tasks), rescue: shape(node.rescue), always: shape(node.always) },
  );
const shapeOf = (files: Files, asked: Asked = {}) =>
  shape(compiled(files, asked).plays[0]?.hosts[0]?.nodes ?? []);
const labels = (files: Files, asked: Asked = {}) =>
  tasksOn(compiled(files, asked)).map(({ ref }) => ref.label);

describe('--tags and --skip-tags', () => {
  const files = play(`
tasks:
  - {name: plain, debug: {msg: x}}
  - {name: a, debug: {msg: x}, tags: a}
  - {name: ab, debug: {msg: x}, tags: [a, b]}
  - {name: always, debug: {msg: x}, tags: always}
  - {name: never, debug: {msg: x}, tags: never}
  - {name: never-n, debug: {msg: x}, tags: [never, n]}
  - {name: always-b, debug: {msg: x}, tags: [always, b]}`);

  test.each<[readonly string[], readonly string[], string]>([
    [[], [], 'plain a ab always always-b'],
    [['all'], [], 'plain a ab always always-b'],
    [['a'], [], 'a ab always always-b'],
    [['b'], [], 'ab always always-b'],
    [['a', 'b'], [], 'a ab always always-b'],
    [['nothing'], [], 'always always-b'],
    [['tagged'], [], 'a ab always always-b'],
    [['untagged'], [], 'plain always always-b'],
    [['never'], [], 'always never never-n always-b'],
    [['n'], [], 'always never-n always-b'],
    [['all', 'n'], [], 'plain a ab always never-n always-b'],
    [[], ['a'], 'plain always always-b'],
    [[], ['b'], 'plain a always'],
    [[], ['always'], 'plain a ab'],
    [[], ['tagged'], 'plain'],
    [[], ['untagged'], 'a ab always always-b'],
    [[], ['all'], 'always always-b'],
    [['a'], ['b'], 'a always'],
    [['a'], ['a'], 'always always-b'],
  ])('--tags %j --skip-tags %j', (tags, skipTags, expected) => {
    expect(labels(files, { tags, skipTags }).join(' ')).toBe(expected);
  });

  test('a task has those of its play, role and blocks too', () => {
    const nested = {
      'site.yml': `
- hosts: all
  tags: play
  roles: [{role: r, tags: role}]
  tasks:
    - tags: block
      block:
        - {name: inner, debug: {msg: x}, tags: task}
`,
      'roles/r/tasks/main.yml': '- {name: own, debug: {msg: x}}\n',
    };
    for (const tag of ['play', 'block', 'task']) expect(labels(nested, { tags: [tag] })).toContain('inner');
    expect(labels(nested, { tags: ['role'] })).toEqual(['r : own']);
    expect(labels(nested, { skipTags: ['role'] })).toEqual(['inner']);
  });

  test('a block that nothing is left of goes; faults of what is left out are not told', () => {
    const block = play(`
tasks:
  - block: [{name: one, debug: {msg: "{{nope}}"}}]
    rescue: [{name: two, debug: {msg: x}}]
  - {name: three, debug: {msg: x}, tags: a}`);
    expect(shapeOf(block, { tags: ['a'] })).toEqual(['three']);
  });
});

describe('The order of a play', () => {
  test('is pre_tasks, roles, tasks, post_tasks', () => {
    const files = {
      ...play(`
post_tasks: [{name: post, debug: {msg: x}}]
tasks: [{name: task, debug: {msg: x}}]
roles: [r]
pre_tasks: [{name: pre, debug: {msg: x}}]`),
      'roles/r/tasks/main.yml': '- {name: own, debug: {msg: x}}\n',
    };
    expect(labels(files)).toEqual(['pre', 'r : own', 'task', 'post']);
  });

  test('keeps blocks with their rescue and always, however deep', () => {
    expect(
      shapeOf(
        play(`
tasks:
  - {name: a, debug: {msg: x}}
  - block:
      - block: [{name: b, debug: {msg: x}}]
        always: [{name: c, debug: {msg: x}}]
    rescue: [{name: d, debug: {msg: x}}]
    always: [{name: e, debug: {msg: x}}]`),
      ),
    ).toEqual([
      'a',
      {
        tasks: [{ tasks: ['b'], rescue: [], always: ['c'] }],
        rescue: ['d'],
        always: ['e'],
      },
    ]);
  });

  test('names each task by what its variables make of it, where they are known', () => {
    const files = play(`
vars: {port: 80}
tasks:
  - {name: "open {{port}}", debug: {msg: x}}
  - {name: "on {{facts.hostname}}", debug: {msg: x}}
  - debug: {msg: x}`);
    expect(labels(files)).toEqual(['open 80', 'on {{facts.hostname}}', 'debug']);
  });
});

describe('A when', () => {
  const when = (condition: string, vars = '{a: 1}') =>
    play(`vars: ${vars}\ntasks:\n  - debug: {msg: ran}\n    when: ${condition}`);

  test.each<[string, string]>([
    ['a == 1', 'ran'],
    ['true', 'ran'],
    ['a == 2', 'skipped: when: a == 2'],
    ['[a == 1, a < 1]', 'skipped: when: a < 1'],
    ['[facts.cpus > 8, a < 1]', 'skipped: when: a < 1'],
    ['facts.cpus > 8', 'unknown: hangs on facts, which are known once the host is connected'],
    ['defined(b) && b > 1', 'skipped: when: defined(b) && b > 1'],
    ['inventory_hostname in groups["web"]', 'ran'],
  ])('%s', (condition, expected) => {
    expect(said(compiled(when(condition)))).toEqual([expected]);
  });

  test.each<[string, string]>([
    ['b == 1', "undefined-variable site.yml:5:13 The variable 'b' in the condition b == 1 is not defined."],
    ['a', 'condition-type site.yml:5:13 The condition a is neither true nor false, but 1.'],
    ['a is defined', 'condition-syntax site.yml:5:13 '],
    ['"{{a}} == 1"', 'template-in-condition site.yml:5:13 A condition is written without {{ }}.'],
  ])('%s is a fault with its place', (condition, expected) => {
    expect(faults(when(condition))).toEqual([expect.stringContaining(expected)]);
  });

  test('of a block and a role holds for what is in them, outermost first', () => {
    const files = {
      ...play(`
vars: {no: false, yes: true}
roles: [{role: r, when: no}]
tasks:
  - when: yes
    block:
      - when: no
        block: [{debug: {msg: inner}, when: yes}]
      - debug: {msg: ran}`),
      'roles/r/tasks/main.yml': '- debug: {msg: "{{nope}}"}\n  when: yes\n',
    };
    expect(said(compiled(files))).toEqual(['skipped: when: false', 'skipped: when: false', 'ran']);
  });

  test('that is false spares what only then would be undefined', () => {
    expect(said(compiled(play('tasks:\n  - debug: {msg: "{{b}}"}\n    when: defined(b)')))).toEqual([
      'skipped: when: defined(b)',
    ]);
  });
});

describe('A loop', () => {
  const loop = (task: string, vars = '{list: [a, b], items: [], none: null, map: {x: 1}}') =>
    play(`vars: ${vars}\ntasks:\n  - ${task.trim().replace(/\n/g, '\n    ')}`);

  test.each<[string, readonly unknown[]]>([
    ['debug: {msg: "{{item}}"}\nloop: [1, x, {k: v}]', [1, 'x', { k: 'v' }]],
    ['debug: {msg: "<{{item}}>"}\nloop: "{{list}}"', ['<a>', '<b>']],
    ['debug: {msg: "{{item}}"}\nloop: "{{items}}"', []],
    ['debug: {msg: "{{item.k}}"}\nloop: [{k: 1}, {k: 2}]', [1, 2]],
    ['debug: {msg: "{{x}}"}\nloop: "{{list}}"\nloop_control: {loop_var: x}', ['a', 'b']],
    ['debug: {msg: "{{item}}"}\nloop: "{{list}}"\nwhen: item != "a"', ['skipped: when: item != "a"', 'b']],
    ['debug: {msg: "{{item}}"}\nloop: "{{list}}"\nwhen: [item == "a", "1 > 2"]', ['skipped: when: 1 > 2']],
    [
      'debug: {msg: "{{item}}"}\nloop: "{{absent}}"\nwhen: defined(absent)',
      ['skipped: when: defined(absent)'],
    ],
    [
      'debug: {msg: "{{item}}"}\nloop: "{{items_more}}"\nwhen: defined(items_more)',
      ['skipped: when: defined(items_more)'],
    ],
    [
      'debug: {msg: "{{item}}"}\nloop: "{{absent}}"\nwhen: [defined(absent), item != "x"]',
      ['skipped: when: defined(absent)'],
    ],
    ['debug: {msg: "{{item}}"}\nloop: "{{list}}"\nwhen: "\'item\' != \'x\'"', ['a', 'b']],
    ['debug: {msg: "{{v}}"}\nvars: {v: "{{item}}!"}\nloop: "{{list}}"', ['a!', 'b!']],
  ])('%s', (task, expected) => {
    expect(said(compiled(loop(task)))).toEqual(expected);
  });

  test.each<[string, string]>([
    ['debug: {msg: x}\nloop: "{{map}}"', 'wrong-type site.yml:5:13 A loop wants a list.'],
    ['debug: {msg: x}\nloop: "{{none}}"', 'wrong-type site.yml:5:13 A loop wants a list.'],
    ['debug: {msg: "{{itme}}"}\nloop: "{{list}}"', "undefined-variable site.yml:4:20 The variable 'itme'"],
    [
      'debug: {msg: "{{item.kk}}"}\nloop: [{k: 1}]',
      "undefined-variable site.yml:4:20 'item.kk' is not defined",
    ],
    ['debug: {msg: x}\nloop: "{{lst}}"', "undefined-variable site.yml:5:13 The variable 'lst'"],
  ])('%s is a fault', (task, expected) => {
    expect(faults(loop(task))).toEqual([expect.stringContaining(expected)]);
  });

  test('over a register is unknown as a whole until it is known', () => {
    const playbook = compiled(
      play(`
tasks:
  - name: ask
    command: "true"
    register: result
  - debug: {msg: "{{item}}"}
    loop: "{{result.stdout_lines}}"`),
    );
    expect(said(playbook)).toEqual(['unknown: hangs on the result of the task «ask»']);
    expect(said(playbook, { result: { stdout_lines: ['x', 'y'] } }, { facts })).toEqual(['x', 'y']);
  });

  test('has a label for each turn', () => {
    const labelled = (more: string): readonly unknown[] => {
      const [task] = tasksOn(compiled(loop(`debug: {msg: x}\nloop: [{k: 1}, 7]\n${more}`)));
      const expansion = task?.expand({ learnt: new Map() });
      return expansion?.kind === 'ready' ? expansion.items.map(({ label }) => label) : [];
    };
    expect(labelled('')).toEqual(['{"k":1}', '7']);
    expect(labelled('loop_control: {label: "the {{default item.k item}}"}')).toEqual(['the 1', 'the 7']);
  });
});

describe('become', () => {
  const users = (body: string, more: Files = {}, asked: Asked = {}) =>
    tasksOn(compiled({ ...play(body), ...more }, asked)).map(({ become }) => become);

  test.each<[string, readonly (string | undefined)[]]>([
    ['tasks: [{debug: {msg: x}}]', [undefined]],
    ['become: true\ntasks: [{debug: {msg: x}}, {debug: {msg: x}, become: false}]', ['root', undefined]],
    ['tasks: [{debug: {msg: x}, become: true, become_user: www}]', ['www']],
    ['become_user: www\nbecome: true\ntasks: [{debug: {msg: x}, become: true}]', ['www']],
    ['vars: {u: app}\ntasks: [{debug: {msg: x}, become: true, become_user: "{{u}}"}]', ['app']],
  ])('%s', (body, expected) => {
    expect(users(body)).toEqual(expected);
  });

  test('of the inventory holds where the play says nothing', () => {
    const hosts = { 'hosts.yml': 'all: {hosts: {web1: {ansible_become: true, ansible_become_user: op}}}\n' };
    expect(users('tasks: [{debug: {msg: x}}, {debug: {msg: x}, become: false}]', hosts)).toEqual([
      'op',
      undefined,
    ]);
  });

  test.each<[string, string]>([
    ['{{uesr}}', "undefined-variable site.yml:4:52 The variable 'uesr' is not defined."],
    ['{{facts.user}}', 'wrong-become-user site.yml:4:52 become_user must be known before connecting'],
    ['{{list}}', 'wrong-become-user site.yml:4:52 become_user wants the name of a user, not [].'],
  ])('nobody stands in for a user that is not known: %s', (user, expected) => {
    const body = `vars: {user: x, list: []}\ntasks:\n  - {debug: {msg: x}, become: true, become_user: "${user}"}`;
    expect(faults(play(body))).toEqual([expect.stringContaining(expected)]);
  });
});

describe('Handlers', () => {
  const files = {
    ...play(`
roles: [r]
tasks:
  - {command: "true", notify: [restart web, all of it]}
handlers:
  - {name: restart web, debug: {msg: own}}`),
    'roles/r/handlers/main.yml':
      '- {name: reload, debug: {msg: "{{of_role}}"}, listen: all of it}\n- {name: other, debug: {msg: x}}\n',
    'roles/r/defaults/main.yml': 'of_role: from the role\n',
    'roles/r/tasks/main.yml': '- {command: "true", notify: reload}\n',
  };

  test("are the roles', then the play's, with the names they answer to", () => {
    const [host] = compiled(files).plays[0]?.hosts ?? [];
    expect(host?.handlers.map(({ listen, ref }) => [ref.label, listen, ref.handler])).toEqual([
      ['r : reload', ['reload', 'all of it'], true],
      ['r : other', ['other'], true],
      ['restart web', ['restart web'], true],
    ]);
  });

  test("see their role's variables", () => {
    const [host] = compiled(files).plays[0]?.hosts ?? [];
    const [first] = host?.handlers ?? [];
    expect(first && brief(first.expand({ learnt: new Map<string, Value>() }))).toEqual(['from the role']);
  });

  test('that nobody wrote are a fault where they are notified, by tasks and by handlers', () => {
    expect(
      faults(
        play(`
tasks:
  - {command: "true", notify: restart wbe}
handlers:
  - {name: restart web, command: "true", notify: reload}`),
      ),
    ).toEqual([
      "unknown-handler site.yml:3:33 There is no handler 'restart wbe' in this play.",
      "unknown-handler site.yml:5:52 There is no handler 'reload' in this play.",
    ]);
  });

  test('stay whatever the tags', () => {
    const [host] = compiled(files, { tags: ['none'] }).plays[0]?.hosts ?? [];
    expect(host?.handlers).toHaveLength(3);
  });
});

describe('An assertion that is false already', () => {
  test.each<[string, readonly string[]]>([
    ['tasks: [{assert: {that: 1 > 2}}]', ['assertion-failed site.yml:2:27 This is not so: 1 > 2']],
    ['tasks: [{assert: {that: [2 > 1, 1 > 2], fail_msg: Bad.}}]', ['assertion-failed site.yml:2:35 Bad.']],
    ['tasks: [{assert: {that: 1 > 2}, when: 1 > 2}]', []],
    ['tasks: [{assert: {that: 1 > 2}, when: facts.cpus > 0}]', []],
    ['tasks: [{assert: {that: 1 > 2}, ignore_errors: true}]', []],
    ['tasks: [{assert: {that: 1 > 2}, failed_when: false}]', []],
    ['tasks: [{block: [{assert: {that: 1 > 2}}], rescue: [{debug: {msg: x}}]}]', []],
    ['tasks: [{block: [{command: "false"}], rescue: [{assert: {that: 1 > 2}}]}]', []],
    [
      'tasks: [{block: [{command: "false"}], always: [{assert: {that: 1 > 2}}]}]',
      [expect.stringContaining('assertion-failed') as unknown as string],
    ],
    ['tasks: [{command: "true", notify: h}]\nhandlers: [{name: h, assert: {that: 1 > 2}}]', []],
  ])('%s', (body, expected) => {
    expect(faults(play(body))).toEqual(expected);
  });
});

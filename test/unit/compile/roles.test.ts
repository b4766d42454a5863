import { describe, expect, test } from '@jest/globals';
import { type Asked, compiled, type Files, factsOf, faults, said, tasksOn } from './compiled.ts';

const labels = (files: Files, asked: Asked = {}) =>
  tasksOn(compiled(files, asked)).map(({ ref }) => ref.label);
const role = (name: string, dependencies = '[]'): Files => ({
  [`roles/${name}/tasks/main.yml`]: `- {name: t, debug: {msg: "${name} {{default v 'none'}}"}}\n`,
  [`roles/${name}/meta/main.yml`]: `dependencies: ${dependencies}\n`,
});
const site = (roles: string, more = ''): Files => ({
  'site.yml': `- hosts: all\n  roles: ${roles}\n${more}`,
});

describe('Dependencies of a role', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['[a]', '[b]', '[c]', ['c', 'b', 'a']],
    ['[b, a]', '[b]', '[c]', ['c', 'b', 'a']],
    ['[a, b, c]', '[b, c]', '[c]', ['c', 'b', 'a']],
    ['[a, a]', '[]', '[]', ['a']],
    ['[{role: a, v: 1}, {role: a, v: 2}, {role: a, v: 1}]', '[]', '[]', ['a', 'a']],
    ['[{role: a}, {role: c}]', '[{role: c, v: 1}]', '[]', ['c', 'a', 'c']],
    ['[a, {role: a, when: 1 > 2}]', '[c]', '[]', ['c', 'a']],
    ['[{role: a, when: 1 > 2}, a]', '[c]', '[]', ['c', 'a', 'c', 'a']],
  ])('%s, with a after %s and b after %s', (roles, ofA, ofB, expected) => {
    const files = { ...site(roles), ...role('a', ofA), ...role('b', ofB), ...role('c') };
    expect(labels(files)).toEqual(expected.map((name) => `${name} : t`));
  });

  test('take what they are given there', () => {
    const files = {
      ...site('[a]'),
      ...role('a', '[{role: b, v: 1}, {role: b, vars: {v: 2}}]'),
      ...role('b'),
    };
    expect(said(compiled(files))).toEqual(['b 1', 'b 2', 'a none']);
  });

  test('have the conditions of who needs them, but only his', () => {
    const files = {
      ...site('[{role: a, when: 1 > 2}, b]'),
      ...role('a', '[c]'),
      ...role('b', '[c]'),
      ...role('c'),
    };
    expect(said(compiled(files))).toEqual([
      'skipped: when: 1 > 2',
      'skipped: when: 1 > 2',
      'c none',
      'b none',
    ]);
  });

  test.each<[Asked, readonly string[]]>([
    [{}, ['c', 'a', 'b']],
    [{ tags: ['a'] }, ['c', 'a']],
    [{ tags: ['b'] }, ['c', 'b']],
    [{ skipTags: ['a'] }, ['c', 'b']],
    [{ tags: ['a', 'b'] }, ['c', 'a', 'b']],
  ])('shared by two run once, for whom is asked for: %j', (asked, expected) => {
    const files = {
      ...site('[{role: a, tags: a}, {role: b, tags: b}]'),
      ...role('a', '[c]'),
      ...role('b', '[c]'),
      ...role('c'),
      'roles/c/handlers/main.yml': '- {name: h, debug: {msg: x}}\n',
    };
    expect(labels(files, asked)).toEqual(expected.map((name) => `${name} : t`));
    expect(compiled(files, asked).plays[0]?.hosts[0]?.handlers).toHaveLength(1);
  });
});

const TYPED = `
description: A role.
arguments:
  port: {type: int, required: true, description: Port of the service.}
  mode: {type: str, choices: [dr, nat, tun]}
  on: {type: bool}
  ratio: {type: float}
  names: {type: list, elements: str}
  flags: {type: list, elements: str, choices: [rr, wrr]}
  extra: {type: raw}
  service:
    type: dict
    options:
      vip: {type: str, required: true}
      port: {type: int}
  servers:
    type: list
    elements: dict
    options:
      rip: {type: str, required: true}
      weight: {type: int, choices: [1, 2, 3]}
`;

describe("A role's arguments", () => {
  const given = (args: string, more: Files = {}): Files => ({
    'site.yml': `- hosts: all\n  roles:\n    - {role: lvs, ${args}}\n`,
    'roles/lvs/meta/main.yml': TYPED,
    'roles/lvs/tasks/main.yml': '- debug: {msg: x}\n',
    ...more,
  });

  test.each<[string]>([
    ['port: 80'],
    ['port: "80"'],
    ['port: "{{40 }}"'],
    ['port: "{{add 40 40}}"'],
    ['port: 80, mode: nat, on: yes, ratio: 1.5'],
    ['port: 80, on: "off", ratio: 2'],
    ['port: 80, names: [a, b], flags: [rr, wrr]'],
    ['port: 80, extra: {any: [thing]}'],
    ['port: 80, service: {vip: 192.0.2.1, port: 80}'],
    ['port: 80, servers: [{rip: 192.0.2.1}, {rip: 192.0.2.2, weight: 3}]'],
    ['port: 80, mode: null'],
    ['port: "{{facts.cpus}}"'],
    ['port: 80, service: {vip: "{{facts.hostname}}"}'],
  ])('fit: %s', (args) => {
    expect(faults(given(args))).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['mode: dr', ["missing-argument site.yml:3:14 The role lvs needs the argument 'port' on web1."]],
    ['port: null', ["missing-argument site.yml:3:14 The role lvs needs the argument 'port' on web1."]],
    ['port: eighty', ['wrong-argument site.yml:3:25 lvs: port wants a whole number, not "eighty".']],
    ['port: 80.5', ['wrong-argument site.yml:3:25 lvs: port wants a whole number, not 80.5.']],
    ['port: true', ['wrong-argument site.yml:3:25 lvs: port wants a whole number, not true.']],
    ['port: [80]', ['wrong-argument site.yml:3:25 lvs: port wants a whole number, not [80].']],
    ['port: ""', ['wrong-argument site.yml:3:25 lvs: port wants a whole number, not "".']],
    ['port: 80, mode: drr', ['wrong-argument site.yml:3:35 lvs: mode is "drr"; it can be dr, nat, tun.']],
    ['port: 80, on: maybe', ['wrong-argument site.yml:3:33 lvs: on wants true or false, not "maybe".']],
    ['port: 80, ratio: x', ['wrong-argument site.yml:3:36 lvs: ratio wants a number, not "x".']],
    ['port: 80, names: a', ['wrong-argument site.yml:3:36 lvs: names wants a list, not "a".']],
    ['port: 80, names: [{}]', ['wrong-argument site.yml:3:36 lvs: names[0] wants a text, not {}.']],
    [
      'port: 80, flags: [rr, rrr]',
      ['wrong-argument site.yml:3:36 lvs: flags[1] is "rrr"; it can be rr, wrr.'],
    ],
    ['port: 80, service: x', ['wrong-argument site.yml:3:38 lvs: service wants a map, not "x".']],
    ['port: 80, service: {}', ["missing-argument site.yml:3:38 lvs: service needs the field 'vip'."]],
    [
      'port: 80, service: {vip: a, prot: 1}',
      ["unknown-argument site.yml:3:38 lvs: service has no field 'prot'."],
    ],
    [
      'port: 80, servers: [{rip: a, weight: 4}]',
      ['wrong-argument site.yml:3:38 lvs: servers[0].weight is 4; it can be 1, 2, 3.'],
    ],
    ['port: 80, servers: [{}]', ["missing-argument site.yml:3:38 lvs: servers[0] needs the field 'rip'."]],
    ['port: 80, prot: 81', ["unknown-argument site.yml:3:29 The role lvs has no argument 'prot'."]],
    ['port: "{{prot}}"', ["undefined-variable site.yml:3:25 The variable 'prot' is not defined."]],
  ])('do not fit: %s', (args, expected) => {
    expect(faults(given(args))).toEqual(expected);
  });

  test('are told with a hint', () => {
    try {
      compiled(given('port: 80, prot: 81'));
    } catch (error) {
      expect(error).toMatchObject({ diagnostics: [{ help: 'Did you mean "port"?' }] });
    }
    expect.assertions(1);
  });

  test('may come from anywhere, and are wrong where they were written', () => {
    expect(faults(given('mode: dr', { 'group_vars/web.yml': 'port: x\n' }))).toEqual([
      'wrong-argument group_vars/web.yml:1:7 lvs: port wants a whole number, not "x".',
    ]);
    expect(faults(given('port: 80'), { extraVars: ['port=x'] })).toEqual([
      'wrong-argument -e:1:1 lvs: port wants a whole number, not "x".',
    ]);
    expect(faults(given('mode: dr', { 'roles/lvs/defaults/main.yml': 'port: 80\n' }))).toEqual([]);
  });

  test('are not given by what the first task of the role says for itself', () => {
    const tasks = '- vars: {port: 80}\n  block:\n    - debug: {msg: x}\n      vars: {port: 81}\n';
    expect(faults(given('mode: dr', { 'roles/lvs/tasks/main.yml': tasks }))).toEqual([
      "missing-argument site.yml:3:14 The role lvs needs the argument 'port' on web1.",
    ]);
  });

  test.each<[string, Asked, number]>([
    ['mode: dr, when: 1 > 2', {}, 0],
    ['mode: dr, when: inventory_hostname in groups["web"]', {}, 1],
    ['mode: dr, when: facts.cpus > 0', {}, 1],
    ['mode: dr, tags: x', { tags: ['x'] }, 1],
    ['mode: dr, tags: x', { tags: ['y'] }, 0],
    ['mode: dr, tags: x', { skipTags: ['x'] }, 0],
  ])('are asked for only where the role runs: %s %j', (args, asked, count) => {
    expect(faults(given(args), asked)).toHaveLength(count);
  });

  test('are asked for also where the first task is not', () => {
    const tasks = '- debug: {msg: x}\n  tags: never\n- debug: {msg: x}\n';
    expect(faults(given('mode: dr', { 'roles/lvs/tasks/main.yml': tasks }))).toHaveLength(1);
  });

  test('are free where a role describes none', () => {
    expect(faults({ ...site('[{role: a, whatever: 1}]'), ...role('a') })).toEqual([]);
  });

  test('of several hosts are told for each that lacks them', () => {
    const hosts = 'all: {hosts: {a: {port: 1}, b: , c: }}\n';
    expect(faults(given('mode: dr', { 'hosts.yml': hosts }))).toEqual([
      "missing-argument site.yml:3:14 The role lvs needs the argument 'port' on b.",
      "missing-argument site.yml:3:14 The role lvs needs the argument 'port' on c.",
    ]);
    expect(faults(given('mode: dr', { 'hosts.yml': hosts }), { limit: 'a' })).toEqual([]);
  });
});

describe('Files of a role', () => {
  const files: Files = {
    ...site('[r]', '  tasks:\n    - template: {src: x.conf, dest: /x}\n    - copy: {src: sub/f, dest: /x}\n'),
    'group_vars/all.yml': 'who: all\n',
    'roles/r/defaults/main.yml': 'who: the role\n',
    'roles/r/tasks/main.yml':
      '- template: {src: x.conf, dest: /x}\n- copy: {src: sub/f, dest: /x}\n- template: {src: shared.conf.hbs, dest: /x}\n',
    'roles/r/templates/x.conf.hbs': 'role {{who}}\n{{> part}}',
    'roles/r/templates/part.hbs': 'part of the role\n',
    'roles/r/files/sub/f': 'role {{who}}',
    'templates/x.conf.hbs': 'playbook {{> part}}',
    'templates/part.hbs': 'part of the playbook\n',
    'templates/shared.conf.hbs': 'shared {{> part}}',
    'files/sub/f': 'playbook',
  };
  const contents = (playbook: ReturnType<typeof compiled>) =>
    tasksOn(playbook).map((task) => {
      const expansion = task.expand({ learnt: new Map(), facts: factsOf('debian') });
      if (expansion.kind !== 'ready') return expansion.kind;
      const [item] = expansion.items;
      const want = item?.kind === 'ready' ? (item.want as { bytes: Uint8Array }) : undefined;
      return new TextDecoder().decode(want?.bytes);
    });

  test("are the role's, then those beside the playbook; files are taken as they are", () => {
    expect(contents(compiled(files))).toEqual([
      'role all\npart of the role\n',
      'role {{who}}',
      'shared part of the role\n',
      'playbook part of the playbook\n',
      'playbook',
    ]);
  });

  const broken = (path: string, text: string) => faults({ ...files, [path]: text });
  test.each<[string, string, string]>([
    [
      'roles/r/tasks/main.yml',
      '- template: {src: xx.conf, dest: /x}\n',
      "file-missing roles/r/tasks/main.yml:1:19 There is no file 'xx.conf' among the templates.",
    ],
    [
      'roles/r/tasks/main.yml',
      '- copy: {src: "{{who}}", dest: /x}\n',
      "file-missing roles/r/tasks/main.yml:1:15 There is no file 'all' among the files.",
    ],
    [
      'roles/r/templates/x.conf.hbs',
      'a\n  {{woh}}\n',
      "undefined-variable roles/r/templates/x.conf.hbs:2:5 The variable 'woh' is not defined.",
    ],
    [
      'roles/r/templates/x.conf.hbs',
      'a\n\n{{#if who}}\n',
      'template-syntax roles/r/templates/x.conf.hbs:4:1 The template cannot be read',
    ],
    [
      'roles/r/templates/x.conf.hbs',
      '{{> parts}}\n',
      "file-missing roles/r/templates/x.conf.hbs:1:1 There is no template 'parts' to include.",
    ],
  ])('%s: %j is a fault in its place', (path, text, expected) => {
    expect(broken(path, text)[0]).toContain(expected);
  });

  test('with something unknown in them are unknown', () => {
    const playbook = compiled({ ...files, 'roles/r/templates/part.hbs': '{{facts.hostname}}' });
    const [first] = tasksOn(playbook);
    expect(first?.expand({ learnt: new Map() })).toMatchObject({ kind: 'unknown' });
    expect(contents(playbook)[0]).toBe('role all\nweb1');
  });
});

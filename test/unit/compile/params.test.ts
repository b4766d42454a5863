import { describe, expect, test } from '@jest/globals';
import { compiled, type Files, faults, tasksOn } from './compiled.ts';

const play = (task: string): Files => ({
  'site.yml': `- hosts: all\n  vars: {port: 80, text: "80", on: "yes", list: [1, 2], map: {a: 1}}\n  tasks:\n    - ${task}\n`,
});
const want = (task: string): unknown => {
  const expansion = tasksOn(compiled(play(task)))[0]?.expand({ learnt: new Map() });
  const item = expansion?.kind === 'ready' ? expansion.items[0] : undefined;
  return item?.kind === 'ready' ? item.want : expansion;
};

describe('Parameters are converted where that is plain:', () => {
  test.each<[string, object]>([
    ['wait_for: {port: 80}', { port: 80 }],
    ['wait_for: {port: "{{port}}"}', { port: 80 }],
    ['wait_for: {port: "{{text}}"}', { port: 80 }],
    ['wait_for: {port: "8{{list.[0]}}"}', { port: 81 }],
    ['sysctl: {name: net.ipv4.ip_forward, value: "{{port}}"}', { name: 'net.ipv4.ip_forward' }],
    ['debug: {msg: "{{list}}"}', { msg: [1, 2] }],
    ['debug: {msg: "{{map}}"}', { msg: { a: 1 } }],
    ['set_fact: {a: "{{port}}", b: "{{text}}"}', { a: 80, b: '80' }],
    ['command: echo {{port}}', { cmd: 'echo 80' }],
    ['command: {argv: [echo, 80, true, "{{port}}"]}', { argv: ['echo', '80', 'true', '80'] }],
    ['assert: {that: "port == 80", quiet: "{{on}}"}', { quiet: true }],
    ['assert: {that: "port == 80", quiet: "off"}', { quiet: false }],
    // A parameter that is left out gets its default.
    ['wait_for: {port: 80, timeout: "{{default nothing omit}}"}', { port: 80, timeout: 300 }],
    [
      'debug: {msg: {a: "{{default nothing omit}}", b: [[1, "{{omit}}"], null]}}',
      { msg: { b: [[1], null] } },
    ],
  ])('%s', (task, expected) => {
    expect(want(task)).toMatchObject(expected);
  });

  test('however many there are', () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    expect(want(`command: {argv: [${numbers.join(', ')}]}`)).toMatchObject({ argv: numbers.map(String) });
  });
});

describe('Faulty parameters are told with their place:', () => {
  test.each<[string, string]>([
    ['wait_for: {prot: 80}', "unknown-parameter site.yml:4:18 wait_for has no parameter 'prot'."],
    ['wait_for: {port: eighty}', 'wrong-parameter site.yml:4:24 wait_for: port: '],
    ['wait_for: {port: "{{list}}"}', 'wrong-parameter site.yml:4:24 wait_for: port: '],
    ['template: {src: "{{text}}"}', "file-missing site.yml:4:23 There is no file '80' among the templates."],
    ['copy: {content: x}', "missing-parameter site.yml:4:13 copy needs the parameter 'dest'."],
    ['copy: [a, b]', 'wrong-type site.yml:4:13 Parameters of copy must be a map'],
    ['command: {argv: [echo, {a: 1}]}', 'wrong-parameter site.yml:4:30 command: argv.1: '],
    ['debug: {msg: "{{prot}}"}', "undefined-variable site.yml:4:20 The variable 'prot' is not defined."],
    ['debug: {msg: {deep: ["{{prot}}"]}}', "undefined-variable site.yml:4:28 The variable 'prot'"],
    ['debug: {msg: "{{port | string}}"}', 'template-syntax site.yml:4:20 The template cannot be read'],
    ['debug: {var: prot}', "undefined-variable site.yml:4:20 The variable 'prot' in the condition prot"],
    [
      'assert: {that: "{{port}} == 80"}',
      'template-in-condition site.yml:4:22 A condition is written without',
    ],
    ['assert: {that: [port == 80, prt == 80]}', "undefined-variable site.yml:4:35 The variable 'prt'"],
    ['assert: {that: port = 80}', 'condition-syntax site.yml:4:22 The condition cannot be read'],
  ])('%s', (task, expected) => {
    expect(faults(play(task))).toEqual([expect.stringContaining(expected)]);
  });

  test('all at once, each one once though two hosts have it', () => {
    const files = {
      'hosts.yml': 'all: {hosts: {a: , b: }}\n',
      'site.yml': `
- hosts: all
  tasks:
    - debug: {msg: "{{one}} {{two}}"}
    - debug: {msg: "{{three}}", mgs: x}
      when: four == 1
    - debug: {mgs: x}
- hosts: nobody
  tasks: []
`,
    };
    expect(faults(files).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'undefined-variable site.yml:4:20',
      'undefined-variable site.yml:6:13',
      'unknown-parameter site.yml:7:15',
      'unknown-host-pattern site.yml:8:10',
    ]);
  });
});

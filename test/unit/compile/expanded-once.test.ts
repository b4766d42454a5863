import { describe, expect, jest, test } from '@jest/globals';
import { compile } from '../../../src/compile/compile.ts';
import type { HostValues } from '../../../src/model/compiled.ts';
import { modules } from '../../../src/modules/index.ts';
import { brief, compiled, factsOf, stages, tasksOn } from './compiled.ts';

const hosts = 'all: {hosts: {a: {port: 80}, b: {port: 80}, c: {port: 81}}, vars: {site: north}}\n';
const nothing: HostValues = { learnt: new Map() };

function expand(task: string, host: string, values: HostValues, project = projectOf(task)) {
  const [made] = tasksOn(project, host).slice(-1);
  if (!made) throw new Error('no task');
  return made.expand(values);
}

function expandFirst(project: ReturnType<typeof compiled>, host: string, values = nothing) {
  const [made] = tasksOn(project, host);
  if (!made) throw new Error('no task');
  return made.expand(values);
}

const projectOf = (task: string) =>
  compiled({
    'hosts.yml': hosts,
    'templates/t.hbs': 'site {{site}}\n',
    'site.yml': `- hosts: all\n  vars: {where: "in {{site}}", list: [1, 2]}\n  tasks:\n    - {command: id, register: who}\n    - ${task}\n`,
  });

describe('A task is expanded once for all hosts on which what it reads stands for the same:', () => {
  test.each([
    'debug: {msg: "{{where}}"}',
    'template: {src: t.hbs, dest: /etc/t}',
    '{debug: {msg: "{{item}} {{site}}"}, loop: "{{list}}"}',
    '{debug: {msg: x}, when: site == "north"}',
    '{debug: {msg: x}, when: site == "south"}',
  ])('%s', (task) => {
    const project = projectOf(task);
    const first = expand(task, 'a', nothing, project);
    expect(expand(task, 'b', nothing, project)).toBe(first);
    // Connecting tells nothing that it asks for.
    expect(expand(task, 'c', { ...nothing, facts: factsOf('debian') }, project)).toBe(first);
  });
});

test('Hosts share it where their own variables are equal, wherever these stand', () => {
  const task = 'debug: {msg: "{{port}} {{site}}"}';
  const project = projectOf(task);
  expect(expand(task, 'b', nothing, project)).toBe(expand(task, 'a', nothing, project));
  expect(expand(task, 'c', nothing, project)).not.toBe(expand(task, 'a', nothing, project));
});

test('A text that is to be rendered is not the same text as a value, and a text is no number', () => {
  const project = (vars: string) =>
    compiled({
      'hosts.yml': `all: {hosts: {${vars}}}\n`,
      'site.yml': '- hosts: all\n  vars: {site: north}\n  tasks:\n    - debug: {msg: "{{to_json what}}"}\n',
    });
  const rendered = project('a: {what: "{{site}}"}, b: {what: x}');
  const learnt = new Map([['what', '{{site}}']]);
  expect(brief(expandFirst(rendered, 'a'))).toEqual(['"north"']);
  expect(brief(expandFirst(rendered, 'b', { learnt }))).toEqual(['"{{site}}"']);
  const numbers = project('a: {what: 1}, b: {what: "1"}');
  expect(['a', 'b'].map((host) => brief(expandFirst(numbers, host)))).toEqual([['1'], ['"1"']]);
});

test('Parameters are parsed once for all hosts on which only what is in a file differs', () => {
  const params = modules.get('template')?.params;
  if (!params) throw new Error('there is no template');
  const parse = jest.spyOn(params, 'safeParse');
  const project = compiled({
    'hosts.yml': hosts,
    'templates/t.hbs': '{{inventory_hostname}} {{port}}\n',
    'site.yml': '- hosts: all\n  tasks:\n    - template: {src: t.hbs, dest: "/etc/{{site}}", mode: "0640"}\n',
  });
  const texts = ['a', 'b', 'c'].flatMap((host) => {
    const expansion = tasksOn(project, host)[0]?.expand(nothing);
    const [item] = expansion?.kind === 'ready' ? expansion.items : [];
    return item?.kind === 'ready' ? [(item.want as { bytes: Uint8Array }).bytes] : [];
  });
  expect(texts.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['a 80\n', 'b 80\n', 'c 81\n']);
  expect(parse).toHaveBeenCalledTimes(1);
});

test('The inventory is asked once a host whom it becomes', () => {
  const { source: playbook, inventory } = stages({
    'hosts.yml': hosts,
    'site.yml': '- hosts: all\n  tasks: [{debug: {msg: x}}, {debug: {msg: y}}, {debug: {msg: z}}]\n',
  });
  const becomeOf = jest.fn((host: { readonly name: string }) => ({ enabled: host.name === 'b' }));
  const select = (): readonly string[] => ['a', 'b', 'c'];
  const options = { playbook, inventory, select, modules, extraVars: new Map(), tags: [], skipTags: [] };
  const made = compile({ ...options, becomeOf });
  expect(['a', 'b'].map((host) => tasksOn(made, host).map((task) => task.become))).toEqual([
    [undefined, undefined, undefined],
    ['root', 'root', 'root'],
  ]);
  expect(becomeOf.mock.calls.map(([host]) => host.name)).toEqual(['a', 'b', 'c']);
});

describe('It is expanded anew where it reads', () => {
  test('a value of the host', () => {
    const task = 'debug: {msg: "{{port}} {{inventory_hostname}}"}';
    const project = projectOf(task);
    const said = ['a', 'b', 'c'].map((host) => brief(expand(task, host, nothing, project)));
    expect(said).toEqual([['80 a'], ['80 b'], ['81 c']]);
    expect(expand(task, 'a', nothing, project)).toBe(expand(task, 'a', nothing, project));
  });

  test('a value of the host in the turns of a loop only', () => {
    const task = '{debug: {msg: "{{item}} {{port}}"}, loop: "{{list}}"}';
    const project = projectOf(task);
    const said = ['a', 'c'].map((host) => brief(expand(task, host, nothing, project)));
    expect(said).toEqual([
      ['1 80', '2 80'],
      ['1 81', '2 81'],
    ]);
  });

  test('facts', () => {
    const task = 'debug: {msg: "{{facts.os.family}}"}';
    const project = projectOf(task);
    const on = (family: string) => brief(expand(task, 'a', { ...nothing, facts: factsOf(family) }, project));
    expect([on('debian'), on('redhat'), on('debian')]).toEqual([['debian'], ['redhat'], ['debian']]);
  });

  test('a register, each time that it says something else', () => {
    const task = 'debug: {msg: "{{who.stdout}}"}';
    const project = projectOf(task);
    const facts = factsOf('debian');
    const whenWho = (stdout: string) =>
      brief(expand(task, 'a', { facts, learnt: new Map([['who', { stdout }]]) }, project));
    expect(brief(expand(task, 'a', nothing, project))[0]).toMatch(/^unknown: /);
    expect([whenWho('root'), whenWho('web')]).toEqual([['root'], ['web']]);
  });
});

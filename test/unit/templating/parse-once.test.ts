import { expect, test } from '@jest/globals';
import { expressions } from '../../../src/templating/expression.ts';
import { ParseOnce } from '../../../src/templating/parse-once.ts';
import { templates } from '../../../src/templating/template.ts';
import { compiled, factsOf, tasksOn } from '../compile/compiled.ts';

const HOSTS = Array.from({ length: 30 }, (_, index) => `web${index}`);
const hosts = `all: {hosts: {${HOSTS.map((host, index) => `${host}: {port: ${8000 + index}}`).join(', ')}}}\n`;

/** Compiles a play of so many equal tasks for 30 hosts that differ, and expands it as a run does. */
function run(tasks: number, site: string): { readonly templates: number; readonly expressions: number } {
  const before = [templates.parsings, expressions.parsings] as const;
  const task = `{template: {src: page.hbs, dest: "/etc/{{${site}}}"}, when: port > 1 && ${site} != ""}`;
  const project = compiled({
    'hosts.yml': hosts,
    'templates/page.hbs': `${site} {{port}} {{> foot}}`,
    'templates/foot.hbs': `{{inventory_hostname}} of {{${site}}}`,
    'site.yml': `- hosts: all\n  vars: {${site}: "{{port}}-${site}"}\n  tasks:\n${`    - ${task}\n`.repeat(tasks)}`,
  });
  for (const host of HOSTS) {
    for (const made of tasksOn(project, host))
      expect(made.expand({ learnt: new Map(), facts: factsOf('debian') }).kind).toBe('ready');
  }
  return { templates: templates.parsings - before[0], expressions: expressions.parsings - before[1] };
}

test('every template and every condition is parsed once, whatever number of hosts and tasks use it', () => {
  // The two files, the name of the destination, the variable; the condition, and the two sides it is decided by.
  const once = { templates: 4, expressions: 3 };
  expect(run(1, 'north')).toEqual(once);
  // Of the side `port > 1` there is nothing new.
  expect(run(20, 'south')).toEqual({ ...once, expressions: 2 });
});

test('a text that is parsed already gives the same again', () => {
  const lists = new ParseOnce((text) => text.split(','));
  expect(lists.of('a,b')).toBe(lists.of('a,b'));
  expect(lists.of('a')).toEqual(['a']);
  expect(lists.parsings).toBe(2);
});

test('a text that cannot be parsed is refused each time', () => {
  const numbers = new ParseOnce(JSON.parse);
  expect(() => numbers.of('{')).toThrow(SyntaxError);
  expect(() => numbers.of('{')).toThrow(SyntaxError);
});

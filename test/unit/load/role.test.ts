import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { isLocal } from '../../../src/model/content.ts';
import type { SourceFile } from '../../../src/model/playbook.ts';
import { plainValue } from '../../../src/model/tree.ts';
import { brief, faultsOf, project } from './project.ts';

const site = (roles: string): string => `- hosts: all\n  roles: ${roles}\n`;
const text = (file: SourceFile | undefined): string | undefined =>
  file && !isLocal(file.bytes) ? Buffer.from(file.bytes).toString() : undefined;

describe('A role', () => {
  test('is read whole: tasks, handlers, defaults, vars by family, meta, templates and files', () => {
    const folder = project({
      'site.yml': site('[web]'),
      'roles/web/tasks/main.yml': '- debug: {msg: a}\n',
      'roles/web/handlers/main.yml': '- name: Restart\n  debug: {msg: b}\n',
      'roles/web/defaults/main.yml': 'port: 80\n',
      'roles/web/vars/main.yml': 'a: 1\n',
      'roles/web/vars/redhat.yml': 'package: httpd\n',
      'roles/web/meta/main.yml': `description: A web server.
arguments:
  port: {type: int, required: true, description: Port., default: 80}
  mode: {choices: [dr, nat]}
  services:
    type: list
    elements: dict
    options:
      port: {type: int}
`,
      'roles/web/templates/conf/site.hbs': 'port {{port}}',
      'roles/web/files/key.bin': 'key',
    });
    const role = loadPlaybook(join(folder, 'site.yml')).roles.get('web');
    expect(role).toMatchObject({ name: 'web', dir: join(folder, 'roles/web'), description: 'A web server.' });
    expect(role?.tasks.length).toBe(1);
    expect(role?.handlers[0]?.name?.value).toBe('Restart');
    expect(role && [role.defaults, role.vars].map(plainValue)).toEqual([{ port: 80 }, { a: 1 }]);
    expect([...(role?.osVars ?? [])].map(([family, vars]) => [family, plainValue(vars)])).toEqual([
      ['redhat', { package: 'httpd' }],
    ]);
    expect(role?.args?.get('port')).toMatchObject({ type: 'int', required: true, place: { line: 3 } });
    expect(role?.args?.get('mode')).toMatchObject({ type: 'str', required: false, choices: ['dr', 'nat'] });
    expect(role?.args?.get('services')?.options?.get('port')?.type).toBe('int');
    expect(text(role?.templates.get('conf/site.hbs'))).toBe('port {{port}}');
    expect(text(role?.files.get('key.bin'))).toBe('key');
  });

  test('is used by name, or with keywords and arguments', () => {
    const folder = project({
      'site.yml': `- hosts: all
  roles:
    - web
    - role: web
      when: [a, b]
      tags: x
      become: true
      vars: {port: 81}
      state: absent
    - name: web
`,
      'roles/web/tasks/main.yml': '',
    });
    const uses = loadPlaybook(join(folder, 'site.yml')).plays[0]?.roles ?? [];
    expect(uses.map((use) => use.role.value)).toEqual(['web', 'web', 'web']);
    expect(uses[1]).toMatchObject({ when: { value: '(a) && (b)' }, tags: ['x'], become: {} });
    expect(uses[1] && plainValue(uses[1].vars)).toEqual({ port: 81, state: 'absent' });
  });

  test('brings its dependencies, with their arguments', () => {
    const folder = project({
      'site.yml': site('[web]'),
      'roles/web/meta/main.yml': 'dependencies:\n  - {role: net, mtu: 1400}\n',
      'roles/net/tasks/main.yml': '',
    });
    const { roles } = loadPlaybook(join(folder, 'site.yml'));
    expect([...roles.keys()]).toEqual(['net', 'web']);
    const use = roles.get('web')?.dependencies[0];
    expect(use && plainValue(use.vars)).toEqual({ mtu: 1400 });
  });

  test('that depends on itself through others is refused', () => {
    const folder = project({
      'site.yml': site('[a]'),
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [a]\n',
    });
    const faults = faultsOf(() => loadPlaybook(join(folder, 'site.yml')));
    expect(faults.map((one) => brief(one))).toEqual([
      'role-circle 1:16 Roles depend on each other in a circle: a → b → a.',
    ]);
  });

  test('with a wrong meta/main.yml is refused, each fault at its place', () => {
    const folder = project({
      'site.yml': site('[a]'),
      'roles/a/meta/main.yml': `dependences: []
arguments:
  port: {type: integer}
  mode: {requierd: true}
  name: text
`,
    });
    const faults = faultsOf(() => loadPlaybook(join(folder, 'site.yml')));
    expect(faults.map((one) => brief(one))).toEqual([
      'unknown-keyword 1:1 meta/main.yml has no keyword "dependences".',
      'wrong-type 3:16 type must be one of str, int, float, bool, list, dict, path, raw, not the text "integer".',
      'unknown-keyword 4:10 The argument mode has no keyword "requierd".',
      'wrong-type 5:9 The argument name must be a map, not the text "text".',
    ]);
  });
});

describe('Roles are looked for', () => {
  const files = {
    'playbooks/site.yml': site('[beside, above, shipped]'),
    'playbooks/roles/beside/tasks/main.yml': '',
    'roles/above/tasks/main.yml': '',
    'troupe/roles/shipped/tasks/main.yml': '',
    'troupe/roles/above/tasks/main.yml': '',
    'troupe/templates/shared.hbs': 'of Troupe',
    'templates/shared.hbs': 'of the project',
    'playbooks/files/motd': 'hello',
  };

  test('beside the playbook, in the project, then among those that are shipped', () => {
    const folder = project(files);
    const { roles } = loadPlaybook(join(folder, 'playbooks/site.yml'), {
      rolesPath: [join(folder, 'troupe/roles')],
    });
    expect([...roles.values()].map((role) => role.dir.slice(folder.length + 1))).toEqual([
      'playbooks/roles/beside',
      'roles/above',
      'troupe/roles/shipped',
    ]);
  });

  test('and shared templates and files in the same order', () => {
    const folder = project(files);
    const found = loadPlaybook(join(folder, 'playbooks/site.yml'), {
      rolesPath: [join(folder, 'troupe/roles')],
    }).files;
    expect(text(found.templates.get('shared.hbs'))).toBe('of the project');
    expect(text(found.files.get('motd'))).toBe('hello');
  });

  test('in vain, with a near name and all folders in the help', () => {
    const folder = project({ ...files, 'playbooks/site.yml': site('[abvoe]') });
    const [fault] = faultsOf(() => loadPlaybook(join(folder, 'playbooks/site.yml')));
    expect(fault?.code).toBe('unknown-role');
    expect(fault?.help).toBe(
      `Did you mean "above"? Looked in ${join(folder, 'playbooks/roles')}, ${join(folder, 'roles')}.`,
    );
  });
});

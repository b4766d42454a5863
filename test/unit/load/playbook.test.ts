import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import type { BlockSource, PlaySource, TaskNode, TaskSource } from '../../../src/model/playbook.ts';
import { plainValue } from '../../../src/model/tree.ts';
import { brief, faultsOf, project } from './project.ts';

const only = (yaml: string, more: Readonly<Record<string, string>> = {}): PlaySource => {
  const [play] = loadPlaybook(join(project({ 'site.yml': yaml, ...more }), 'site.yml')).plays;
  if (!play) throw new Error('no play');
  return play;
};
const task = (node: TaskNode | undefined): TaskSource => {
  if (node?.kind !== 'task') throw new Error('no task');
  return node;
};
const block = (node: TaskNode | undefined): BlockSource => {
  if (node?.kind !== 'block') throw new Error('no block');
  return node;
};

describe('A play', () => {
  test('is read with its keywords, wherever they stand', () => {
    const play = only(
      `
- name: Web
  hosts: [web, lb1]
  become: yes
  become_user: admin
  any_errors_fatal: "true"
  gather_facts: no
  tags: one, two
  vars: {port: 80}
  vars_files: [more.yml]
  roles: []
`,
      { 'more.yml': 'port: 81\nhost: a\n' },
    );
    expect(play).toMatchObject({
      name: 'Web',
      hosts: { value: 'web,lb1' },
      anyErrorsFatal: true,
      tags: ['one', 'two'],
    });
    expect(play.become).toMatchObject({ enabled: { value: true }, user: { value: 'admin' } });
    expect(plainValue(play.vars)).toEqual({ port: 81, host: 'a' });
  });

  test('of an imported playbook gets the tags and variables of the import', () => {
    const folder = project({
      'site.yml': '- import_playbook: plays/web.yml\n  tags: web\n  vars: {a: 2}\n',
      'plays/web.yml': '- hosts: all\n  vars: {a: 1, b: 1}\n',
    });
    const [play] = loadPlaybook(join(folder, 'site.yml')).plays;
    expect(play?.tags).toEqual(['web']);
    expect(play && plainValue(play.vars)).toEqual({ b: 1, a: 2 });
    expect(play?.place).toEqual({ file: join(folder, 'plays/web.yml'), line: 1, column: 3 });
  });
});

describe('A task', () => {
  test('is read with all its keywords and the place of each', () => {
    const node = task(
      only(`- hosts: all
  tasks:
    - name: Start
      ansible.builtin.service: {name: a}
      when: [a, "b > 1"]
      loop: "{{ports}}"
      loop_control: {loop_var: port, label: "{{port}}"}
      register: started
      notify: [one, two]
      changed_when: false
      failed_when: started.rc > 1
      until: started.rc == 0
      retries: 5
      delay: 0.5
      check_mode: false
      no_log: true
      run_once: yes
      ignore_errors: true
      become_user: postgres
`).tasks[0],
    );
    expect(node.module).toMatchObject({ value: 'service', place: { line: 4, column: 7 } });
    expect(node.when).toMatchObject([{ value: 'a', place: { line: 5, column: 14 } }, { value: 'b > 1' }]);
    expect(node).toMatchObject({
      loopVar: 'port',
      noLog: true,
      runOnce: true,
      register: { value: 'started' },
    });
    expect(node.notify.map((one) => one.value)).toEqual(['one', 'two']);
    expect(node.changedWhen).toMatchObject([{ value: 'false' }]);
    expect(node).toMatchObject({ retries: { value: 5 }, delay: { value: 0.5 }, checkMode: { value: false } });
    expect(node.become).toMatchObject({ enabled: { value: true }, user: { value: 'postgres' } });
  });

  test('takes free-form text, and the keyword args with it', () => {
    const { tasks } = only(`- hosts: all
  tasks:
    - command: uptime -p
    - command: make it
      args: {creates: /tmp/it}
    - setup_it:
`);
    expect(tasks.map((node) => plainValue(task(node).params))).toEqual([
      'uptime -p',
      { cmd: 'make it', creates: '/tmp/it' },
      {},
    ]);
  });

  test('may belong to a collection of Ansible that has the module', () => {
    const { tasks } = only(
      '- hosts: all\n  tasks:\n    - ansible.posix.sysctl: {name: a}\n    - community.general.modprobe: {name: b}\n',
    );
    expect(tasks.map((node) => task(node).module.value)).toEqual(['sysctl', 'modprobe']);
  });
});

describe('Blocks and imports', () => {
  test('keep their parts and keywords', () => {
    const node = block(
      only(`- hosts: all
  tasks:
    - name: Try
      when: a
      become: true
      block: [{debug: {msg: 1}}]
      rescue: [{debug: {msg: 2}}]
      always: [{debug: {msg: 3}}, {debug: {msg: 4}}]
`).tasks[0],
    );
    expect([node.tasks.length, node.rescue.length, node.always.length]).toEqual([1, 1, 2]);
    expect(node).toMatchObject({ name: { value: 'Try' }, when: [{ value: 'a' }] });
  });

  test('import_tasks becomes a block of the tasks in that file, also from within a file', () => {
    const play = only(
      '- hosts: all\n  tasks:\n    - import_tasks: tasks/a.yml\n      when: x\n      tags: t\n',
      {
        'tasks/a.yml': '- include_tasks: {file: b.yml}\n',
        'tasks/b.yml': '- debug: {msg: b}\n',
      },
    );
    const outer = block(play.tasks[0]);
    expect(outer).toMatchObject({ when: [{ value: 'x' }], tags: ['t'] });
    expect(task(block(outer.tasks[0]).tasks[0]).module.value).toBe('debug');
  });

  test('in a list of handlers dissolve into handlers that have their keywords', () => {
    const { handlers } = only(`- hosts: all
  handlers:
    - when: a
      become: true
      block:
        - name: Restart
          listen: web
          when: b
          service: {name: web, state: restarted}
`);
    expect(handlers).toMatchObject([
      { name: { value: 'Restart' }, listen: ['web'], when: [{ value: 'a' }, { value: 'b' }], become: {} },
    ]);
  });
});

test('All faults of all files are reported at once', () => {
  const folder = project({
    'site.yml': '- hosts: all\n  roles: [web]\n  tasks:\n    - coppy: {}\n',
    'roles/web/tasks/main.yml': '- debgu: {}\n',
    'roles/web/handlers/main.yml': '- name: [\n',
    'roles/web/defaults/main.yml': 'a: {{ b }}\n',
  });
  const faults = faultsOf(() => loadPlaybook(join(folder, 'site.yml'), { modules: ['copy', 'debug'] }));
  expect(faults.map((one) => one.code).sort()).toEqual([
    'unknown-module',
    'unknown-module',
    'yaml-syntax',
    'yaml-unquoted-braces',
  ]);
});

test('A playbook that is not there is one clear fault', () => {
  const faults = faultsOf(() => loadPlaybook('/no/such.yml'));
  expect(faults.map((one) => brief(one))).toEqual([
    'file-unreadable Cannot read /no/such.yml: there is no such file.',
  ]);
});

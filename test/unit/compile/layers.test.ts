import { describe, expect, test } from '@jest/globals';
import { compiled, type Files, factsOf, faults, said } from './compiled.ts';

/** Each layer that gives `v` its own name, lowest precedence first. */
const layers: readonly (readonly [string, (files: Record<string, string>) => void])[] = [
  [
    'role defaults',
    (files) => {
      files['roles/r/defaults/main.yml'] = 'v: role defaults\n';
    },
  ],
  [
    'group_vars of all',
    (files) => {
      files['group_vars/all.yml'] = 'v: group_vars of all\n';
    },
  ],
  [
    'group_vars of the group',
    (files) => {
      files['group_vars/web.yml'] = 'v: group_vars of the group\n';
    },
  ],
  [
    'host_vars',
    (files) => {
      files['host_vars/web1.yml'] = 'v: host_vars\n';
    },
  ],
  [
    'play vars',
    (files) => {
      put(files, '  roles:', '  vars: {v: play vars}\n  roles:');
    },
  ],
  [
    'role vars',
    (files) => {
      files['roles/r/vars/main.yml'] = 'v: role vars\n';
    },
  ],
  [
    'family vars',
    (files) => {
      files['roles/r/vars/debian.yml'] = 'v: family vars\n';
    },
  ],
  [
    'role params',
    (files) => {
      put(files, '{role: r}', '{role: r, v: role params}');
    },
  ],
  [
    'block vars',
    (files) => {
      put(files, '- block:', '- vars: {v: block vars}\n  block:', MAIN);
    },
  ],
  [
    'inner block vars',
    (files) => {
      put(files, '  - block:', '  - vars: {v: inner block vars}\n    block:', MAIN);
    },
  ],
  [
    'task vars',
    (files) => {
      put(files, '# task vars', 'vars: {v: task vars}', MAIN);
    },
  ],
];
const MAIN = 'roles/r/tasks/main.yml';
const put = (files: Record<string, string>, from: string, to: string, path = 'site.yml') => {
  files[path] = (files[path] ?? '').replace(from, to);
};
const base = (): Record<string, string> => ({
  'site.yml': '- hosts: all\n  roles:\n    - {role: r}\n',
  [MAIN]: '- block:\n  - block:\n    - debug: {msg: "{{v}}"}\n      # task vars\n',
});
const facts = factsOf('debian');

describe('Of two layers the higher one gives the value:', () => {
  const pairs = layers.flatMap(([lower, addLower], index) =>
    layers.slice(index + 1).map(([higher, addHigher]) => ({ lower, higher, addLower, addHigher })),
  );
  test.each(pairs)('$lower < $higher', ({ higher, addLower, addHigher }) => {
    const files = base();
    addHigher(files);
    addLower(files);
    expect(said(compiled(files), {}, { facts })).toEqual([higher]);
  });

  test.each(layers)('%s < set_fact < extra', (_name, add) => {
    const files = base();
    add(files);
    const first = compiled(files);
    expect(said(first, { v: 'set_fact' }, { facts })).toEqual(['set_fact']);
    const second = compiled(files, { extraVars: ['v=extra'] });
    expect(said(second, { v: 'set_fact' }, { facts })).toEqual(['extra']);
  });

  test('all of them at once', () => {
    const files = base();
    for (const [, add] of layers.toReversed()) add(files);
    expect(said(compiled(files), {}, { facts })).toEqual(['task vars']);
  });
});

describe('A variable', () => {
  const play = (vars: string, msg: string): Files => ({
    'site.yml': `- hosts: all\n  vars: ${vars}\n  tasks:\n    - debug: {msg: ${JSON.stringify(msg)}}\n`,
  });

  test('may be made of others, in any order and of any type', () => {
    const files = play('{a: "{{b}}", b: ["{{c.d}}", 2], c: {d: "{{e}}"}, e: 1}', '{{a}}');
    expect(said(compiled(files))).toEqual([[1, 2]]);
  });

  test('that is a template is rendered with the variables of who reads it', () => {
    const files = {
      ...play('{own: "{{inventory_hostname}}"}', '{{own}}'),
      'hosts.yml': 'all: {hosts: {a: , b: }}\n',
    };
    const playbook = compiled(files);
    expect([said(playbook, {}, { host: 'a' }), said(playbook, {}, { host: 'b' })]).toEqual([['a'], ['b']]);
  });

  test('made of itself is a fault, told once', () => {
    expect(faults(play('{a: "{{b}}", b: "x{{a}}"}', '{{a}}'))).toEqual([
      "variable-circle site.yml:2:13 The variable 'a' is made of itself: a → b → a.",
    ]);
  });

  test('that is faulty is faulty where it was written', () => {
    expect(faults(play('{a: 1, b: "{{aa}}"}', '{{b}}'))).toEqual([
      "undefined-variable site.yml:2:19 The variable 'aa' is not defined.",
    ]);
  });

  test('that is faulty and not read does no harm', () => {
    expect(faults(play('{a: 1, b: "{{aa}}"}', '{{a}}'))).toEqual([]);
  });

  test('of another role is not seen', () => {
    const files = {
      'site.yml': '- hosts: all\n  roles: [r, s]\n',
      'roles/r/defaults/main.yml': 'own: 1\n',
      'roles/r/tasks/main.yml': '- debug: {msg: "{{own}}"}\n',
      'roles/s/tasks/main.yml': '- debug: {msg: "{{own}}"}\n',
    };
    expect(faults(files)).toEqual([
      "undefined-variable roles/s/tasks/main.yml:1:16 The variable 'own' is not defined.",
    ]);
  });
});

describe('Variables that exist by themselves', () => {
  const hosts = `
all:
  children:
    web: {hosts: {web1: {rip: 192.0.2.1}, web2: {rip: "{{base}}.2", base: 192.0.2}}}
    lb: {hosts: {lb1: }}
`;
  const on = (msg: string, asked = {}, host = 'web1') => {
    const site = `- hosts: all:!lb\n  roles: [r]\n`;
    const main = `- debug: {msg: ${JSON.stringify(msg)}}\n`;
    const files = { 'site.yml': site, 'hosts.yml': hosts, 'roles/r/tasks/main.yml': main };
    return said(compiled(files, asked), {}, { host })[0];
  };

  test.each<[string, unknown]>([
    ['{{inventory_hostname}}', 'web1'],
    ['{{groups.web}}', ['web1', 'web2']],
    ['{{groups.all}}', ['web1', 'web2', 'lb1']],
    ['{{group_names}}', ['web']],
    ['{{play_hosts}}', ['web1', 'web2']],
    ['{{hostvars.web2.rip}}', '192.0.2.2'],
    ['{{hostvars.lb1.group_names}}', ['lb']],
    ['{{hostvars.web2.inventory_hostname}}', 'web2'],
    ['{{#each groups.web}}{{lookup (lookup hostvars this) "rip"}} {{/each}}', '192.0.2.1 192.0.2.2 '],
    ['{{collect groups.web rip="rip"}}', [{ rip: '192.0.2.1' }, { rip: '192.0.2.2' }]],
  ])('%s', (msg, expected) => {
    expect(on(msg)).toEqual(expected);
  });

  test('role_path is the folder of the role', () => {
    expect(on('{{role_path}}')).toMatch(/\/roles\/r$/);
  });

  test('facts are known once the host is connected', () => {
    const files = {
      'site.yml':
        '- hosts: all\n  tasks:\n    - debug: {msg: "{{facts.os.family}}"}\n      when: facts.os.family == "debian"\n',
    };
    const playbook = compiled(files);
    expect(said(playbook)).toEqual(['unknown: hangs on facts, which are known once the host is connected']);
    expect(said(playbook, {}, { facts: factsOf('debian') })).toEqual(['debian']);
    expect(said(playbook, {}, { facts: factsOf('redhat') })).toEqual([
      'skipped: when: facts.os.family == "debian"',
    ]);
  });

  test('-e is over all hosts, also through hostvars', () => {
    expect(on('{{hostvars.web2.rip}}', { extraVars: ['rip=192.0.2.99'] })).toBe('192.0.2.99');
  });
});

describe('Variables by family of a role', () => {
  const files = {
    'site.yml': '- hosts: all\n  roles: [r]\n',
    'roles/r/defaults/main.yml': 'package_name: none\n',
    'roles/r/vars/debian.yml': 'package_name: apache2\n',
    'roles/r/vars/redhat.yml': 'package_name: httpd\n',
    'roles/r/tasks/main.yml': '- debug: {msg: "{{package_name}}"}\n',
  };

  test('are unknown until the family is known', () => {
    const playbook = compiled(files);
    expect(said(playbook)).toEqual([
      "unknown: hangs on the host's distribution, which is known once it is connected",
    ]);
    expect(said(playbook, {}, { facts: factsOf('debian') })).toEqual(['apache2']);
    expect(said(playbook, {}, { facts: factsOf('redhat') })).toEqual(['httpd']);
  });

  test('are a fault for a family that has none', () => {
    expect(said(compiled(files), {}, { facts: factsOf('suse') })).toEqual([
      'faulty: unsupported-distribution',
    ]);
  });

  test('are hidden by -e', () => {
    expect(said(compiled(files, { extraVars: ['package_name=mine'] }))).toEqual(['mine']);
  });
});

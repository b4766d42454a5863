import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadInventory } from '../../../src/load/inventory.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { plainValue } from '../../../src/model/tree.ts';
import { brief, faultsOf, project } from './project.ts';

const varOf = (inventory: Inventory, host: string, name: string): unknown => {
  const variable = inventory.hosts.get(host)?.vars.get(name);
  return variable && plainValue(variable.tree);
};

describe('An inventory', () => {
  test('is read with nested groups, top-level groups and ranges', () => {
    const folder = project({
      'hosts.yml': `all:
  hosts:
    lone:
  children:
    servers:
      children:
        web: {hosts: {"web[1:3]": {tier: front}}}
        db: {hosts: {"db-[a:b]": }}
routers:
  hosts: {r01: }
empty: {}
`,
    });
    const { hosts, groups } = loadInventory(join(folder, 'hosts.yml'));
    expect([...hosts.keys()]).toEqual(['lone', 'web1', 'web2', 'web3', 'db-a', 'db-b', 'r01']);
    expect(Object.fromEntries(groups)).toEqual({
      all: [...hosts.keys()],
      servers: ['web1', 'web2', 'web3', 'db-a', 'db-b'],
      web: ['web1', 'web2', 'web3'],
      db: ['db-a', 'db-b'],
      routers: ['r01'],
      empty: [],
      ungrouped: ['lone'],
    });
    expect(hosts.get('web2')?.groups).toEqual(['all', 'servers', 'web']);
    expect(hosts.get('web2')?.place).toMatchObject({ line: 7, column: 23 });
  });

  test('may be a folder, or several files of which later ones win', () => {
    const folder = project({
      'inv/a.yml': 'all: {vars: {x: a}, hosts: {h: }}\n',
      'inv/b.yaml': 'all: {vars: {x: b}}\nweb: {hosts: {h: {y: 1}}}\n',
      'c.yml': 'all: {vars: {x: c}}\n',
    });
    const inventory = loadInventory([join(folder, 'inv'), join(folder, 'c.yml')]);
    expect([varOf(inventory, 'h', 'x'), varOf(inventory, 'h', 'y')]).toEqual(['c', 1]);
    expect(inventory.file).toBe(join(folder, 'inv'));
  });

  test('that is not there is one clear fault', () => {
    expect(faultsOf(() => loadInventory('/no/hosts.yml')).map((one) => brief(one))).toEqual([
      'file-unreadable There is no inventory /no/hosts.yml.',
    ]);
  });
});

describe('A variable', () => {
  const files = {
    'inv/hosts.yml': `all:
  vars: {v: all, child: parent}
  children:
    parent:
      vars: {v: parent, child: parent}
      children:
        child:
          vars: {v: child, child: child}
          hosts:
            h: {v: host}
`,
    'inv/group_vars/all.yml': 'v: gv-all\n',
    'site/group_vars/all.yaml': 'v: site-gv-all\n',
    'inv/group_vars/parent/a.yml': 'v: gv-parent\n',
    'inv/group_vars/child.yml': 'v: gv-child\n',
    'site/group_vars/child': 'v: site-gv-child\n',
    'inv/host_vars/h.yml': 'v: hv\n',
    'site/host_vars/h.yml': 'v: site-hv\n',
    'inv/host_vars/other.yml': 'v: not of this inventory\n',
  };

  test('comes from the source of highest precedence, and knows what it hides', () => {
    const folder = project(files);
    const inventory = loadInventory(join(folder, 'inv/hosts.yml'), {
      playbook: join(folder, 'site/site.yml'),
    });
    const variable = inventory.hosts.get('h')?.vars.get('v');
    expect(variable && [variable, ...variable.hides].map((one) => [plainValue(one.tree), one.from])).toEqual([
      ['site-hv', 'host_vars/h.yml'],
      ['hv', 'host_vars/h.yml'],
      ['host', 'inventory host h'],
      ['site-gv-child', 'group_vars/child'],
      ['gv-child', 'group_vars/child.yml'],
      ['gv-parent', 'group_vars/parent/a.yml'],
      ['child', 'inventory group child'],
      ['parent', 'inventory group parent'],
      ['site-gv-all', 'group_vars/all.yaml'],
      ['gv-all', 'group_vars/all.yml'],
      ['all', 'inventory group all'],
    ]);
    expect(variable?.place).toEqual({ file: join(folder, 'site/host_vars/h.yml'), line: 1, column: 1 });
    expect(varOf(inventory, 'h', 'child')).toBe('child');
  });

  test('of two groups of one depth comes from the later by name, unless a priority says otherwise', () => {
    const groups = (priority: string) =>
      `a: {vars: {v: a${priority}}, hosts: {h: }}\nb: {vars: {v: b}, hosts: {h: }}\n`;
    const folder = project({
      'plain.yml': groups(''),
      'priority.yml': groups(', ansible_group_priority: 2'),
    });
    expect(varOf(loadInventory(join(folder, 'plain.yml')), 'h', 'v')).toBe('b');
    expect(varOf(loadInventory(join(folder, 'priority.yml')), 'h', 'v')).toBe('a');
  });
});

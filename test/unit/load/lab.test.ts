import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadInventory } from '../../../src/load/inventory.ts';
import { labOf } from '../../../src/load/lab.ts';
import { project } from './project.ts';

test("A host's lab is merged over those of its groups, key by key", () => {
  const folder = project({
    'lab-x.yml': `all:
  vars: {lab: {memory: 256, image: packaged}}
  children:
    san:
      vars: {lab: {disks: [64], memory: 512}}
      hosts:
        store: {lab: {disks: [128, 128], nics: [{segment: a, address: 10.0.0.1/24, gateway: 10.0.0.9}, {segment: b}]}}
    web:
      hosts:
        web1:
`,
  });
  const file = join(folder, 'lab-x.yml');
  expect(labOf(loadInventory(file))).toEqual({
    name: 'lab-x',
    inventory: file,
    machines: [
      {
        name: 'store',
        memoryMiB: 512,
        image: 'packaged',
        disksMiB: [128, 128],
        nics: [
          { segment: 'a', addresses: ['10.0.0.1/24'], gateway: '10.0.0.9' },
          { segment: 'b', addresses: [] },
        ],
      },
      { name: 'web1', memoryMiB: 256, image: 'packaged', disksMiB: [], nics: [] },
    ],
  });
});

test('An inventory without any lab has none', () => {
  const folder = project({ 'hosts.yml': 'all: {hosts: {h: }}\n' });
  expect(labOf(loadInventory(join(folder, 'hosts.yml')))).toBeUndefined();
});

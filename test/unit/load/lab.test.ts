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
        disks: [{ sizeMiB: 128 }, { sizeMiB: 128 }],
        nics: [
          { segment: 'a', addresses: ['10.0.0.1/24'], gateway: '10.0.0.9' },
          { segment: 'b', addresses: [] },
        ],
      },
      { name: 'web1', memoryMiB: 256, image: 'packaged', disks: [], nics: [] },
    ],
  });
});

test('An inventory without any lab has none', () => {
  const folder = project({ 'hosts.yml': 'all: {hosts: {h: }}\n' });
  expect(labOf(loadInventory(join(folder, 'hosts.yml')))).toBeUndefined();
});

const disksOf = (disks: string, others = '[]') => {
  const folder = project({
    'hosts.yml': `all: {hosts: {one: {lab: {disks: ${disks}}}, two: {lab: {disks: ${others}}}}}\n`,
  });
  return labOf(loadInventory(join(folder, 'hosts.yml')))?.machines.map((machine) => machine.disks);
};

test('Machines may share a disk', () => {
  expect(disksOf('[64, {size: 32, shared: data}]', '[{size: 32, shared: data}, {size: 8}]')).toEqual([
    [{ sizeMiB: 64 }, { sizeMiB: 32, shared: 'data' }],
    [{ sizeMiB: 32, shared: 'data' }, { sizeMiB: 8 }],
  ]);
});

test.each([
  [
    '[{size: 32, shared: data}]',
    '[{size: 64, shared: data}]',
    'The disk data has 32 MiB on one and 64 MiB on two.',
  ],
  ['[{size: 32, shared: data}, {size: 32, shared: data}]', '[]', 'one has the shared disk data twice.'],
  ['[{shared: data}]', '[]', 'A disk of one has no size.'],
  ['[{size: 32, shared: a/b}]', '[]', '"a/b" is no name for a shared disk.'],
  ['[{size: 32, share: data}]', '[]', 'A disk of one has no keyword "share".'],
])('A faulty disk %s, %s is refused', (one, two, message) => {
  expect(() => disksOf(one, two)).toThrow(message);
});

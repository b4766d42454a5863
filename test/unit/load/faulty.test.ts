import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadInventory } from '../../../src/load/inventory.ts';
import { labOf } from '../../../src/load/lab.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { brief, faultsOf } from './project.ts';

const modules = ['command', 'copy', 'debug', 'file', 'package', 'service', 'shell', 'template'];

const loaders: Readonly<Record<string, (path: string) => unknown>> = {
  playbook: (path) => loadPlaybook(path, { modules }),
  inventory: loadInventory,
  lab: (path) => labOf(loadInventory(path)),
};

/** Each file starts with the faults that it has: code, line:column, summary, and after a bar a part of the help. */
for (const [kind, load] of Object.entries(loaders)) {
  describe(`A faulty ${kind} is refused with place, reason and remedy`, () => {
    const folder = resolve('test/unit/load/faulty', kind);
    for (const file of readdirSync(folder)) {
      test(file.replace(/\.\w+$/, '').replaceAll('-', ' '), () => {
        const path = join(folder, file);
        const expected = readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('# '))
          .map((line) => line.slice(2).split(' | '));
        const faults = faultsOf(() => load(path));
        expect(faults.map((one) => brief(one, folder)).sort()).toEqual(expected.map(([head]) => head).sort());
        for (const [head, help = ''] of expected) {
          const found = faults.find((one) => brief(one, folder) === head);
          expect(found?.place?.file).toBe(path);
          expect(found?.help?.replaceAll(folder, 'DIR')).toContain(help);
        }
      });
    }
  });
}

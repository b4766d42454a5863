// What it costs to start: Node alone, `troupe --version`, `troupe check` of the demo's playbook.
import { join } from 'node:path';
import { measure, medians } from './measure.mjs';

const repository = new URL('../..', import.meta.url).pathname;
const troupe = join(repository, 'bin/troupe');

const COMMANDS = {
  'node -e 0': [process.execPath, '-e', '0'],
  'troupe --version': [troupe, '--version'],
  'troupe check': [
    troupe,
    'check',
    join(repository, 'playbooks/lvs-dr.yml'),
    '-i',
    join(repository, 'inventory/lab-dr.yml'),
  ],
};

/** Medians by command, the commands turn by turn. */
export async function startUp(folder, runs) {
  const taken = Object.keys(COMMANDS).map((name) => [name, []]);
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [name, all] of taken) all.push(await measure(folder, { argv: COMMANDS[name] }));
  }
  return Object.fromEntries(taken.map(([name, all]) => [name, medians(all)]));
}

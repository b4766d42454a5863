import { trouble } from '../diagnostics/trouble.ts';
import type { LabProgress } from '../lab/progress.ts';
import type { LabSpec } from '../model/lab.ts';
import type { Io } from './io.ts';
import type { Format } from './options.ts';
import { packageRoot } from './package-root.ts';

/** Options of each command of the lab. */
export interface LabOptions {
  readonly inventory?: readonly string[];
  readonly format?: Format;
}

/** What a lab's functions want besides the lab. */
export const told = (options: LabOptions, io: Io) => ({
  root: packageRoot(),
  onProgress: progressTo(options, io),
});

/** The lab of the inventory given; without one, the only lab that is up. */
export async function specOf(options: LabOptions): Promise<LabSpec> {
  const [{ loadInventory }, { labOf }, { knownLabs }] = await Promise.all([
    import('../load/inventory.ts'),
    import('../load/lab.ts'),
    import('../lab/down.ts'),
  ]);
  const labs = knownLabs();
  const paths = options.inventory ?? labs.map((each) => each.inventory);
  if (!options.inventory && labs.length !== 1) {
    throw trouble(
      'which-lab',
      labs.length === 0
        ? 'No lab is up.'
        : `Several labs are up: ${labs.map((each) => each.name).join(', ')}.`,
      {
        help:
          labs.length === 0
            ? 'Bring one up: troupe lab up -i inventory/lab-dr.yml'
            : 'Say which, by its inventory: -i FILE',
      },
    );
  }
  const spec = labOf(loadInventory(paths));
  if (!spec) {
    throw trouble('no-lab', `${paths.join(', ')} describes no lab machines.`, {
      help: 'Give its hosts a variable lab:, as in inventory/lab-dr.yml. See docs/lab.md.',
    });
  }
  return spec;
}

/** Progress as lines; under emulation they come slowly enough to be read. */
function progressTo(options: LabOptions, io: Io): (progress: LabProgress) => void {
  const started = Date.now();
  return (progress) => {
    if (options.format === 'json') {
      io.stdout.write(`${JSON.stringify({ event: 'lab_progress', ...progress })}\n`);
      return;
    }
    const seconds = `${Math.round((Date.now() - started) / 1000)} s`.padStart(6);
    io.stdout.write(
      `${seconds}  ${(progress.machine ?? 'lab').padEnd(10)} ${progress.phase.padEnd(11)} ${progress.detail}\n`,
    );
  };
}

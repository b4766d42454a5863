import type { Command } from 'commander';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabProgress } from '../lab/progress.ts';
import type { LabSpec } from '../model/lab.ts';
import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { type Format, formatOption } from './options.ts';
import { packageRoot } from './package-root.ts';

interface LabOptions {
  readonly inventory?: readonly string[];
  readonly format?: Format;
}

/** `troupe lab up|down|reset|status|ssh|clean`: the throw-away machines that an inventory describes. */
export const labCommand: AddCommand = (program, io, done) => {
  const lab = program.command('lab').description('Throw-away virtual machines that an inventory describes.');
  const sub = (usage: string, text: string): Command =>
    formatOption(
      lab
        .command(usage)
        .description(text)
        .option(
          '-i, --inventory <file>',
          'inventory; may be left out where just one lab is up',
          (value, before: string[] = []) => [...before, value],
        ),
    );
  sub('up', 'Start the machines; those that are up stay as they are.').action((options: LabOptions) =>
    done(up(options, io)),
  );
  sub('down', 'Take the machines away: no process and no file is left.').action((options: LabOptions) =>
    done(down(options, io)),
  );
  sub('reset', 'Take every machine back to how it first came up.').action((options: LabOptions) =>
    done(reset(options, io)),
  );
  sub('status', 'How each machine stands.').action((options: LabOptions) => done(status(options, io)));
  sub('ssh <host> [command...]', 'Open a shell on a machine, or run a command there.').action(
    (host: string, command: string[], options: LabOptions) => done(ssh(host, command, options)),
  );
  lab
    .command('clean')
    .description('Forget images and boot snapshots; the next up builds them again.')
    .action(() => done(clean(io)));
};

async function up(options: LabOptions, io: Io): Promise<number> {
  const { labUp } = await import('../lab/up.ts');
  await labUp(await specOf(options), { root: packageRoot(), onProgress: progressTo(options, io) });
  return EXIT.done;
}

async function down(options: LabOptions, io: Io): Promise<number> {
  const { labDown } = await import('../lab/down.ts');
  await labDown(await specOf(options), { onProgress: progressTo(options, io) });
  return EXIT.done;
}

async function reset(options: LabOptions, io: Io): Promise<number> {
  const { labReset } = await import('../lab/reset.ts');
  await labReset(await specOf(options), { onProgress: progressTo(options, io) });
  return EXIT.done;
}

async function status(options: LabOptions, io: Io): Promise<number> {
  const { labStatus } = await import('../lab/status.ts');
  const machines = labStatus(await specOf(options));
  const width = Math.max(...machines.map(({ machine }) => machine.length));
  for (const each of machines) {
    const line = `${each.machine.padEnd(width)}  ${each.state.padEnd(8)}  ${each.addresses.join(' ')}`;
    io.stdout.write(
      options.format === 'json' ? `${JSON.stringify({ event: 'lab_machine', ...each })}\n` : `${line}\n`,
    );
  }
  return machines.every((each) => each.state === 'up') ? EXIT.done : EXIT.failed;
}

async function ssh(host: string, command: readonly string[], options: LabOptions): Promise<number> {
  const { labSsh } = await import('../lab/ssh.ts');
  return labSsh(await specOf(options), host, command);
}

async function clean(io: Io): Promise<number> {
  const { labClean, knownLabs } = await import('../lab/down.ts');
  const [running] = knownLabs();
  if (running) {
    throw trouble('lab-up', `The lab ${running.name} is up, and its disks stand on the images.`, {
      help: `Take it down first: troupe lab down -i ${running.inventory}`,
    });
  }
  labClean();
  io.stdout.write('Images and boot snapshots are gone.\n');
  return EXIT.done;
}

/** The lab of the inventory given; without one, the only lab that is up. */
async function specOf(options: LabOptions): Promise<LabSpec> {
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

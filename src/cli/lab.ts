import type { Command } from 'commander';
import { trouble } from '../diagnostics/trouble.ts';
import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { changeLinks, type LinkOptions, percentage, positive } from './lab-links.ts';
import { type LabOptions, specOf, told } from './lab-options.ts';
import { formatOption } from './options.ts';
import { packageRoot } from './package-root.ts';

/** `troupe lab …`: the throw-away machines that an inventory describes. */
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
  sub('reset', 'Take every machine back to how it first came up, or was kept.')
    .option('--to <name>', 'to what "troupe lab keep" has kept under this name')
    .action((options: LabOptions & { readonly to?: string }) => done(reset(options, io)));
  sub('keep <name>', 'Keep how every machine is now, for "reset --to".').action(
    (name: string, options: LabOptions) => done(keep(name, options, io)),
  );
  sub('power <state> [host...]', 'Switch machines on or off, or cut their power: on, off, cut.').action(
    (state: string, hosts: string[], options: LabOptions) => done(power(state, hosts, options, io)),
  );
  const links = (usage: string, text: string): Command =>
    sub(`${usage} [host...]`, text).option('--segment <name>', 'just the cards on this segment');
  links('cut', 'Take machines off their segments: no packet comes or goes.').action(
    (hosts: string[], options: LinkOptions) => done(changeLinks('cut', hosts, options, io)),
  );
  links('slow', 'Make what machines send slow or lossy.')
    .option('--delay <ms>', 'milliseconds that each packet waits', positive)
    .option('--loss <percent>', 'percentage of packets that are lost', percentage)
    .option('--rate <mbit>', 'most that is sent, in Mbit/s', positive)
    .action((hosts: string[], options: LinkOptions) => done(changeLinks('slow', hosts, options, io)));
  links('heal', 'Undo "cut" and "slow".').action((hosts: string[], options: LinkOptions) =>
    done(changeLinks('heal', hosts, options, io)),
  );
  sub('status', 'How each machine stands.').action((options: LabOptions) => done(status(options, io)));
  sub('ssh <host> [command...]', 'Open a shell on a machine, or run a command there.').action(
    (host: string, command: string[], options: LabOptions) => done(ssh(host, command, options)),
  );
  formatOption(
    lab
      .command('kernel')
      .description(
        "Build the lab's own kernel of User-Mode Linux, about ten minutes once: Debian's lack nftables for IPv4.",
      ),
  ).action((options: LabOptions) => done(kernel(options, io)));
  lab
    .command('clean')
    .description('Forget images, boot snapshots and kernels; the next up makes them again.')
    .action(() => done(clean(io)));
};

async function up(options: LabOptions, io: Io): Promise<number> {
  const { labUp } = await import('../lab/up.ts');
  await labUp(await specOf(options), told(options, io));
  return EXIT.done;
}

async function down(options: LabOptions, io: Io): Promise<number> {
  const { labDown } = await import('../lab/down.ts');
  await labDown(await specOf(options), told(options, io));
  return EXIT.done;
}

async function reset(options: LabOptions & { readonly to?: string }, io: Io): Promise<number> {
  const { labReset } = await import('../lab/reset.ts');
  const { to } = options;
  await labReset(await specOf(options), { ...told(options, io), ...(to !== undefined && { to }) });
  return EXIT.done;
}

async function keep(name: string, options: LabOptions, io: Io): Promise<number> {
  const { labKeep } = await import('../lab/keep.ts');
  await labKeep(await specOf(options), name, told(options, io));
  return EXIT.done;
}

async function power(wanted: string, hosts: readonly string[], options: LabOptions, io: Io): Promise<number> {
  const { labPower, POWER } = await import('../lab/power.ts');
  const state = POWER.find((one) => one === wanted);
  if (!state) {
    throw trouble('usage', `"${wanted}" is no state of a machine's power.`, {
      help: `Give ${POWER.join(', ')}: troupe lab power off web1`,
    });
  }
  await labPower(await specOf(options), state, hosts, told(options, io));
  return EXIT.done;
}

async function status(options: LabOptions, io: Io): Promise<number> {
  const { labStatus } = await import('../lab/status.ts');
  const { driver, passedOver, machines } = labStatus(await specOf(options), packageRoot());
  if (options.format === 'json') {
    if (driver)
      io.stdout.write(`${JSON.stringify({ event: 'lab', driver: driver.name, passed_over: passedOver })}\n`);
  } else if (driver) {
    io.stdout.write(`${driver.title}\n`);
    for (const each of passedOver) io.stdout.write(`  not ${each.driver}: ${each.why}\n`);
  }
  const width = Math.max(...machines.map(({ machine }) => machine.length));
  for (const each of machines) {
    const cut = each.cut ? `  cut off from ${each.cut.join(', ')}` : '';
    const line = `${each.machine.padEnd(width)}  ${each.state.padEnd(8)}  ${each.addresses.join(' ')}${cut}`;
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

async function kernel(options: LabOptions, io: Io): Promise<number> {
  const { buildKernel } = await import('../lab/uml/build-kernel.ts');
  const made = told(options, io);
  const { title } = await buildKernel(made);
  made.onProgress({ phase: 'kernel', detail: `${title}: the next "lab up" runs its machines by it` });
  return EXIT.done;
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
  io.stdout.write('Images, boot snapshots and kernels are gone.\n');
  return EXIT.done;
}

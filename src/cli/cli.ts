import { Command, CommanderError } from 'commander';
import { Trouble } from '../diagnostics/trouble.ts';
import { applyCommand } from './apply.ts';
import { checkCommand } from './check.ts';
import { execCommand } from './exec.ts';
import { inventoryCommand } from './inventory.ts';
import { EXIT, type Io, surviveReader } from './io.ts';
import { labCommand } from './lab.ts';
import { moduleCommand } from './module.ts';
import { packageInfo } from './package-root.ts';
import { planCommand } from './plan.ts';
import { printTrouble } from './print-trouble.ts';
import { showCommand } from './show.ts';

/** Runs one command line; answers the exit status. Never throws. */
export async function cli(argv: readonly string[], io: Io): Promise<number> {
  surviveReader(io);
  let status: number = EXIT.done;
  const done = async (result: Promise<number>): Promise<void> => {
    status = await result;
  };
  const env = { ...io.env };
  const inside: Io = {
    stdout: io.stdout,
    stderr: io.stderr,
    env,
    get stdin() {
      return io.stdin;
    },
  };
  const program = new Command('troupe')
    .description(
      'Plan and apply YAML playbooks over SSH, with nothing on the targets but sshd and a POSIX sh.',
    )
    .version(packageInfo().version, '-V, --version')
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(usageError(text)),
    })
    .exitOverride();
  for (const add of [
    planCommand,
    applyCommand,
    showCommand,
    execCommand,
    checkCommand,
    inventoryCommand,
    moduleCommand,
    labCommand,
  ]) {
    add(program, inside, done);
  }
  for (const command of [program, ...program.commands]) {
    command.option('--no-color', 'no colours; NO_COLOR=1 in the environment does the same');
    command.on('option:no-color', () => Object.assign(env, { NO_COLOR: '1', FORCE_COLOR: '0' }));
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return report(error, inside);
  }
}

/** Commander's complaint, `error: …` with perhaps `(Did you mean …?)` below, in the form of our own. */
function usageError(text: string): string {
  const [what = '', guess = ''] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const summary = `${what.charAt(0).toUpperCase()}${what.slice(1)}`.replace(/\.?$/, '.');
  const help = [guess.replace(/^\(|\)$/g, ''), 'See troupe --help, or troupe COMMAND --help.'];
  return `error[usage]: ${summary}\n  help: ${help.filter(Boolean).join(' ')}\n`;
}

/** Help asked for is done; a wrong command line and a Trouble are bad input; the rest is a bug of ours, said in one line. */
function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (error instanceof Trouble) {
    printTrouble(error, io);
    return EXIT.badInput;
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  io.stderr.write(
    `error[internal]: ${bug.message}\n  help: this is a fault of Troupe, please report it; TROUPE_DEBUG=1 shows where it happened.\n`,
  );
  if (io.env.TROUPE_DEBUG) io.stderr.write(`${bug.stack}\n`);
  return EXIT.failed;
}

import { setTimeout as pause } from 'node:timers/promises';
import { Trouble } from '../diagnostics/trouble.ts';
import type { Host, Target } from '../model/host.ts';
import { run } from '../model/step.ts';
import type { AddCommand } from './command.ts';
import { EXIT, type Io, wantsColour } from './io.ts';
import {
  FORKS,
  type Format,
  formatOption,
  type HostOptions,
  inventoryOption,
  positive,
  whole,
} from './options.ts';

interface ExecOptions extends HostOptions {
  readonly format?: Format;
  readonly watch?: number;
  readonly forks: number;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly askBecomePass?: boolean;
  readonly extraVars: readonly string[];
}

/** What a command did on one host. */
export interface ExecResult {
  readonly host: string;
  readonly rc?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Why the host could not be asked. */
  readonly unreachable?: string;
}

/** `troupe exec PATTERN -i INVENTORY [--watch S] -- COMMAND`: one command on many hosts, equal answers folded together. */
export const execCommand: AddCommand = (program, io, done) => {
  formatOption(
    inventoryOption(
      program
        .command('exec <pattern> [command...]')
        .usage('<pattern> -i <inventory> [options] -- <command...>')
        .description('Run one command on many hosts. One word goes through sh; several run just as they are.')
        .option('-l, --limit <pattern>', 'only these of the hosts')
        .option('-b, --become', 'run it as root, or as --become-user')
        .option('--become-user <user>', 'user to become')
        .option('-K, --ask-become-pass', 'ask for the password of sudo')
        .option(
          '-e, --extra-vars <k=v|@file>',
          'variables over those of the inventory',
          (value, before: string[]) => [...before, value],
          [],
        )
        .option('--forks <n>', 'hosts asked at the same time', whole, FORKS)
        .option('--watch <seconds>', 'run it again and again, until interrupted', positive),
    ),
  ).action((pattern: string, command: string[], options: ExecOptions) =>
    done(exec(pattern, command, options, io)),
  );
};

async function exec(
  pattern: string,
  command: readonly string[],
  options: ExecOptions,
  io: Io,
): Promise<number> {
  const [
    { loadInventory },
    { selectHosts },
    { loadExtraVars },
    { targetsOf },
    { becomeOf },
    { untilInterrupted },
  ] = await Promise.all([
    import('../load/inventory.ts'),
    import('../load/pattern.ts'),
    import('../load/extra-vars.ts'),
    import('./targets.ts'),
    import('../load/target.ts'),
    import('./interrupt.ts'),
  ]);
  if (command.length === 0) {
    const { trouble } = await import('../diagnostics/trouble.ts');
    throw trouble('usage', 'exec needs a command.', {
      help: `Put it behind two dashes: troupe exec ${pattern} -i … -- uptime`,
    });
  }
  const extraVars = loadExtraVars(options.extraVars);
  const inventory = loadInventory(options.inventory);
  const limit = options.limit === undefined ? undefined : selectHosts(inventory, options.limit);
  const names = selectHosts(inventory, pattern).filter((name) => limit === undefined || limit.includes(name));
  const targets = await targetsOf(
    names,
    inventory,
    { extraVars, askBecomePass: options.askBecomePass === true },
    io,
  );
  const userOf = (name: string): string | undefined => {
    if (options.become || options.becomeUser !== undefined) return options.becomeUser ?? 'root';
    const host = inventory.hosts.get(name);
    const become = host && becomeOf(host, { extra: extraVars });
    return become?.enabled.value ? (become.user?.value ?? 'root') : undefined;
  };
  const argv = command.length === 1 ? ['sh', '-c', command[0] ?? ''] : command;
  return untilInterrupted(io, (signal) => onAll([...targets.values()], userOf, argv, options, signal, io));
}

async function onAll(
  targets: readonly Target[],
  userOf: (name: string) => string | undefined,
  argv: readonly string[],
  options: ExecOptions,
  signal: AbortSignal,
  io: Io,
): Promise<number> {
  const [{ connect }, { inPool }] = await Promise.all([
    import('../hosts/connect.ts'),
    import('../execute/pool.ts'),
  ]);
  const watched = options.watch !== undefined;
  /** What is asked again and again stays open; a host that cannot be reached is told of, and not tried again. */
  const kept = new Map<string, Host | { readonly error: unknown }>();
  const reach = async (target: Target) => {
    const users = [userOf(target.name) ?? ''];
    try {
      return await connect(target, { lock: false, holder: '', users });
    } catch (error) {
      return { error };
    }
  };
  const ask = async (target: Target): Promise<ExecResult> => {
    const host = kept.get(target.name) ?? (await reach(target));
    if (watched) kept.set(target.name, host);
    if ('error' in host) return { host: target.name, unreachable: whyNot(host.error, target.name) };
    try {
      return await once(host, userOf(target.name), argv);
    } finally {
      if (!watched) await host.close().catch(() => {});
    }
  };
  let worst: number = EXIT.done;
  try {
    do {
      const results = new Map<string, ExecResult>();
      await inPool(targets, options.forks, async (target) => {
        if (!signal.aborted) results.set(target.name, await ask(target));
      });
      // In the order of the inventory, whoever answered first.
      const told = targets.flatMap(({ name }) => results.get(name) ?? []);
      worst = told.every((result) => result.rc === 0) ? EXIT.done : EXIT.failed;
      await show(told, options, io);
      if (options.watch !== undefined)
        await pause(options.watch * 1000, undefined, { signal }).catch(() => {});
    } while (watched && !signal.aborted);
  } finally {
    await Promise.allSettled([...kept.values()].map((host) => ('error' in host ? undefined : host.close())));
  }
  return signal.aborted ? EXIT.interrupted : worst;
}

async function once(host: Host, user: string | undefined, argv: readonly string[]): Promise<ExecResult> {
  try {
    const shell = await host.shell(user);
    const response = await shell.send({
      parts: [{ kind: 'action', id: 0, action: run(argv, { okStatus: 'any' }) }],
    });
    const outcome = response.outcomes.get(0);
    if (!outcome) return { host: host.name, unreachable: 'no answer came' };
    return { host: host.name, rc: outcome.rc, stdout: outcome.stdout, stderr: outcome.stderr };
  } catch (error) {
    return { host: host.name, unreachable: whyNot(error, host.name) };
  }
}

async function show(results: readonly ExecResult[], options: ExecOptions, io: Io): Promise<void> {
  if (options.format === 'json') {
    for (const result of results)
      io.stdout.write(`${JSON.stringify({ event: 'exec_finished', ...result })}\n`);
    return;
  }
  const { renderExec } = await import('../report/render-exec.ts');
  // A watch on a terminal redraws in place, as watch(1) does.
  if (options.watch !== undefined && io.stdout.isTTY) io.stdout.write('\x1b[H\x1b[2J');
  io.stdout.write(renderExec(results, { colour: wantsColour(io.stdout, io.env) }));
}

/** The reason without the host's name, which stands above it, and what to do. */
function whyNot(error: unknown, host: string): string {
  const [first] = error instanceof Trouble ? error.diagnostics : [];
  const reason = first?.summary ?? (error instanceof Error ? error.message : String(error));
  return [reason.replace(`${host}: `, ''), ...(first?.help ? [`help: ${first.help}`] : [])].join('\n');
}

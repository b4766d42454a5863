import { dirname } from 'node:path';
import { fault, Trouble } from '../diagnostics/trouble.ts';
import type { CompiledPlay, CompiledPlaybook, HostNode } from '../model/compiled.ts';
import type { Emit, HostDrifted, HostUnreachable, Recap } from '../model/event.ts';
import type { Connect, Host, Target } from '../model/host.ts';
import type { Acting, PlannedItem, Prediction } from '../model/planned.ts';
import type { Diagnostic } from '../model/source.ts';
import type { AnyModule } from '../modules/module.ts';
import { Aborted, TaskFailed } from './failures.ts';
import { HostPlayRun, type Shared } from './host-play.ts';
import { inPool } from './pool.ts';
import { predictionsOf } from './predictions.ts';
import { HostState, noCounts, type RunState, type Task } from './run-state.ts';

/** What a run needs: the compiled playbook, and how to reach its hosts. */
export interface ExecuteOptions {
  readonly compiled: CompiledPlaybook<AnyModule>;
  readonly connect: Connect;
  readonly targets: ReadonlyMap<string, Target>;
  readonly mode: 'plan' | 'apply';
  /** Hosts worked on at the same time. */
  readonly forks: number;
  /** Who runs it, for whoever finds a host locked. */
  readonly holder: string;
  /** Name of the playbook that pending handlers are kept under. */
  readonly playbook: string;
  readonly emit: Emit;
  /** Aborted by an interrupt: what is under way ends, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Told of every task of a dry run. */
  readonly onPlanned?: (item: PlannedItem) => void;
  /** Told at the end of a dry run what each host is expected to answer once all is done: held against it by tests. */
  readonly onPredicted?: (prediction: Prediction) => void;
  /** Asked before a task acts: why it may not, where a saved plan does not have it. */
  readonly forbids?: (acting: Acting) => Diagnostic | undefined;
  /** Hosts that take no part, with what is told of them; nobody does anything if there are any, but for `partial`. */
  readonly refused?: ReadonlyMap<string, HostDrifted | HostUnreachable>;
  readonly partial?: boolean;
}

/** Plans or applies a compiled playbook, play by play. Answers the recap, whose `exit` is the command's exit status. */
export async function execute(options: ExecuteOptions): Promise<Recap> {
  const { compiled, mode, emit, signal } = options;
  const { onPlanned, forbids, refused = new Map() } = options;
  const run: RunState = {
    mode,
    playbook: options.playbook,
    folder: dirname(compiled.file),
    emit,
    signal,
    worldPending: false,
    prunes: compiled.plays.some((play) =>
      play.hosts.some((one) => one.nodes.some((node) => node.kind === 'task' && node.prune?.closes)),
    ),
    ...(onPlanned ? { onPlanned } : {}),
    ...(forbids ? { forbids } : {}),
  };
  const hosts = new Hosts(options);
  emit({ event: 'run_started', mode, playbook: compiled.file, hosts: compiled.hosts });
  for (const event of refused.values()) emit(event);
  const plays = refused.size > 0 && !options.partial ? [] : compiled.plays;
  try {
    for (const play of plays) {
      if (signal.aborted) break;
      const fatal = await runPlay(play, run, hosts, options);
      run.worldPending ||= hosts.anyPending();
      if (fatal) break;
    }
  } finally {
    await hosts.close();
  }
  if (options.onPredicted) hosts.predictions().forEach(options.onPredicted);
  const recap = hosts.recap(mode, signal.aborted);
  emit(recap);
  return recap;
}

/** Runs one play on all its hosts that still stand; true where the run ends with it. */
async function runPlay(
  play: CompiledPlay<AnyModule>,
  run: RunState,
  hosts: Hosts,
  options: ExecuteOptions,
): Promise<boolean> {
  const taking = play.hosts.filter((one) => hosts.standing(one.host));
  if (taking.length === 0) return false;
  const tasks = Math.max(...taking.map((one) => tasksOf(one.nodes).length));
  run.emit({ event: 'play_started', play: play.name, hosts: taking.map((one) => one.host), tasks });
  const shared: Shared = new Map();
  await inPool(taking, options.forks, async (one) => {
    if (run.signal.aborted) return;
    run.emit({ event: 'host_started', host: one.host, tasks: tasksOf(one.nodes).length });
    const state = await hosts.open(one.host);
    if (state) {
      try {
        await new HostPlayRun(run, state, one, shared).run();
      } catch (error) {
        if (error instanceof TaskFailed) state.failed = true;
        else if (!(error instanceof Aborted)) hosts.lose(state, error);
      }
      hosts.passed(play, state);
    }
    run.emit({ event: 'host_finished', host: one.host });
  });
  return play.anyErrorsFatal && taking.some((one) => !hosts.standing(one.host));
}

/** What a run still wants to know of a host that is done. */
type Done = Pick<HostState, 'counts' | 'failed' | 'frames' | 'pending'>;

/** The connections of a run: opened with a host's first play, closed with its last one. */
class Hosts {
  readonly #options: ExecuteOptions;
  readonly #states = new Map<string, HostState>();
  /** What is left of hosts that are done: connections and answers of a whole fleet would fill the memory. */
  readonly #done = new Map<string, Done>();
  readonly #closing: Promise<void>[] = [];
  readonly #predictions: Prediction[] = [];
  readonly #lost = new Set<string>();
  readonly #users = new Map<string, Set<string>>();
  readonly #lastPlay = new Map<string, CompiledPlay<AnyModule>>();

  constructor(options: ExecuteOptions) {
    this.#options = options;
    for (const play of options.compiled.plays) {
      for (const { host, nodes, handlers } of play.hosts) {
        this.#lastPlay.set(host, play);
        const users = this.#users.get(host) ?? new Set();
        this.#users.set(host, users);
        for (const task of [...tasksOf(nodes), ...handlers]) users.add(task.become ?? '');
      }
    }
  }

  standing(name: string): boolean {
    if (this.#options.refused?.has(name)) return false;
    return !this.#lost.has(name) && !this.#states.get(name)?.failed && !this.#done.get(name)?.failed;
  }

  anyPending(): boolean {
    return [...this.#states.values(), ...this.#done.values()].some(({ pending }) => pending);
  }

  /** A host is through with a play; with its last one it is let go of, and its lock with it. */
  passed(play: CompiledPlay<AnyModule>, state: HostState): void {
    if (!this.standing(state.name) || this.#lastPlay.get(state.name) === play) this.#letGo(state);
  }

  #letGo(state: HostState): void {
    const { name, counts, failed, frames, pending } = state;
    this.#done.set(name, { counts, failed, frames, pending });
    if (this.#options.onPredicted) this.#predictions.push(...predictionsOf(state));
    this.#states.delete(name);
    this.#closing.push(state.host.close().catch(() => {}));
  }

  async open(name: string): Promise<HostState | undefined> {
    const open = this.#states.get(name);
    if (open) return open;
    const { connect, targets, mode, holder, emit } = this.#options;
    const target = targets.get(name);
    try {
      if (!target)
        throw new Trouble([fault('no-target', `There is no way to reach ${name}.`, { host: name })]);
      const host: Host = await connect(target, {
        lock: mode === 'apply',
        holder,
        users: [...(this.#users.get(name) ?? [])],
      });
      const state = new HostState(host);
      this.#states.set(name, state);
      emit({ event: 'host_connected', host: name, os: host.facts.os.name });
      return state;
    } catch (error) {
      this.#unreachable(name, error);
      return undefined;
    }
  }

  /** A connection that broke, in the middle of a play. */
  lose(state: HostState, error: unknown): void {
    this.#unreachable(state.name, error);
  }

  #unreachable(name: string, error: unknown): void {
    this.#lost.add(name);
    this.#options.emit({
      event: 'host_unreachable',
      host: name,
      diagnostic: { ...diagnosticOf(error), host: name },
    });
  }

  /** What a dry run has foretold, once all is closed. */
  predictions(): readonly Prediction[] {
    return this.#predictions;
  }

  /** Closes what is still open, and waits until everything is. */
  async close(): Promise<void> {
    for (const state of this.#states.values()) this.#letGo(state);
    await Promise.all(this.#closing);
  }

  recap(mode: 'plan' | 'apply', aborted: boolean): Recap {
    const { compiled } = this.#options;
    const counts = Object.fromEntries(
      compiled.hosts.map((name) => {
        const own = { ...(this.#done.get(name)?.counts ?? noCounts()) };
        if (this.#lost.has(name)) own.unreachable += 1;
        const refused = this.#options.refused?.get(name)?.event;
        if (refused) own[refused === 'host_drifted' ? 'failed' : 'unreachable'] += 1;
        return [name, own];
      }),
    );
    const all = Object.values(counts);
    const refused = this.#options.refused?.size ?? 0;
    const failed = [...this.#done.values()].some((state) => state.failed);
    const bad = failed || this.#lost.size > 0 || refused > 0;
    const open = mode === 'plan' && all.some((each) => each.changed + each.unknown > 0);
    return {
      event: 'recap',
      mode,
      hosts: counts,
      exit: aborted ? 130 : bad ? 1 : open ? 2 : 0,
      frames: Object.fromEntries([...this.#done].map(([name, state]) => [name, state.frames])),
    };
  }
}

const diagnosticOf = (error: unknown): Diagnostic => {
  if (error instanceof Trouble && error.diagnostics[0]) return error.diagnostics[0];
  const said = error instanceof Error ? error.message : String(error);
  return fault('internal', said, {
    help: 'This is a fault of Troupe, please report it; TROUPE_DEBUG=1 shows where it happened.',
  });
};

const tasksOf = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : tasksOf([...node.tasks, ...node.rescue, ...node.always]),
  );

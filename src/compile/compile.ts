import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault, Trouble } from '../diagnostics/trouble.ts';
import type { CompiledPlay, CompiledPlaybook, HostNode, HostPlay, HostTask } from '../model/compiled.ts';
import type { InventoryHost } from '../model/inventory.ts';
import type { TaskSource } from '../model/playbook.ts';
import type { Diagnostic } from '../model/source.ts';
import type { AnyModule, Decision } from '../modules/module.ts';
import type { Compiling, TaskHost } from './compiling.ts';
import { type FlatNode, type FlatPlay, type FlatTask, flatten, type RoleInstance } from './flatten.ts';
import { hostTask } from './host-task.ts';
import { promisedNames } from './learnt.ts';
import type { CompileOptions } from './options.ts';
import { placeOf } from './place-of.ts';
import { withPruning } from './pruning.ts';
import { roleArgumentFaults } from './role-arguments.ts';
import { ruleFaults } from './rule-faults.ts';
import { hostsOf, specialsOf } from './specials.ts';
import { wanted } from './tags.ts';

/**
 * Makes a playbook ready for each host. Opens no socket and runs no program. Throws one `Trouble` with every fault that can
 * be found without connecting.
 */
export function compile(options: CompileOptions): CompiledPlaybook<AnyModule> {
  const plays = flatten(options.playbook);
  const compiling: Compiling = {
    options,
    world: specialsOf(options, promisedNames(plays)),
    memos: new Map(),
    files: new Set(),
    becomeOf: onceAHost(options.becomeOf ?? (() => undefined)),
  };
  const faults = new Faults();
  const compiled = plays.map((play) => compilePlay(play, compiling, faults));
  faults.throwAny();
  const taking = new Set(compiled.flatMap((play) => play.hosts.map((host) => host.host)));
  return {
    file: options.playbook.file,
    files: compiling.files,
    hosts: [...options.inventory.hosts.keys()].filter((name) => taking.has(name)),
    // A part of the tasks does not tell what a role manages.
    plays: options.tags.length + options.skipTags.length > 0 ? compiled : withPruning(compiled),
  };
}

/** An answer about a host, kept for its other tasks. */
function onceAHost<T>(answer: (host: InventoryHost) => T): (host: InventoryHost) => T {
  const known = new Map<InventoryHost, T>();
  return (host) => {
    if (known.has(host)) return known.get(host) as T;
    const made = answer(host);
    known.set(host, made);
    return made;
  };
}

/** Faults, each once: many hosts have the same. */
class Faults {
  readonly #found = new Map<string, Diagnostic>();

  add(diagnostics: readonly Diagnostic[]): void {
    for (const one of diagnostics) {
      const key = JSON.stringify([one.code, one.summary, one.place]);
      if (!this.#found.has(key)) this.#found.set(key, one);
    }
  }

  throwAny(): void {
    if (this.#found.size > 0) throw new Trouble([...this.#found.values()]);
  }
}

function compilePlay(play: FlatPlay, compiling: Compiling, faults: Faults): CompiledPlay<AnyModule> {
  const { options } = compiling;
  faults.add(notifyFaults(play));
  const hosts = tryHosts(play, options, faults);
  const playHosts = hosts.map((host) => host.name);
  return {
    name: play.source.name ?? play.source.hosts.value,
    anyErrorsFatal: play.source.anyErrorsFatal,
    hosts: hosts.map((host): HostPlay<AnyModule> => {
      const at: TaskHost = { host, play, playHosts };
      faults.add(roleArgumentFaults(at, compiling));
      const make = (task: FlatTask): HostTask<AnyModule> => {
        const made = hostTask(task, at, compiling);
        faults.add(faultsOf(made, task, at, compiling));
        return made;
      };
      const isTaken = takenTasks();
      const visit = (node: FlatNode): readonly HostNode<AnyModule>[] => {
        if (node.kind === 'task') return isWanted(node, options) && !isTaken(node) ? [make(node)] : [];
        const [tasks, rescue, always] = [node.tasks, node.rescue, node.always].map((each) =>
          each.flatMap(visit),
        );
        if (!tasks || !rescue || !always || tasks.length + always.length === 0) return [];
        return [{ kind: 'block', tasks, rescue, always }];
      };
      return { host: host.name, nodes: play.nodes.flatMap(visit), handlers: play.handlers.map(make) };
    }),
  };
}

/** Tells of the tasks of a host, in order, whether another use of the same role has taken them already. */
function takenTasks(): (task: FlatTask) => boolean {
  const takers = new Map<string, Map<TaskSource, RoleInstance>>();
  return ({ source, around: { role } }) => {
    if (!role) return false;
    const ofRole = takers.get(role.key) ?? new Map<TaskSource, RoleInstance>();
    takers.set(role.key, ofRole);
    const taker = ofRole.get(source) ?? role;
    ofRole.set(source, taker);
    return taker !== role;
  };
}

function tryHosts(play: FlatPlay, options: CompileOptions, faults: Faults) {
  try {
    return hostsOf(play, options);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    faults.add(error.diagnostics);
    return [];
  }
}

const isWanted = (task: FlatTask, options: CompileOptions): boolean =>
  task.source.module.value === 'meta' || wanted(task.around.tags, options.tags, options.skipTags);

/** What can be said against a task before anything is known of the host. */
function faultsOf(
  made: HostTask<AnyModule>,
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
): readonly Diagnostic[] {
  const expansion = made.expand({ learnt: new Map() });
  if (expansion.kind === 'faulty') return expansion.diagnostics;
  if (expansion.kind === 'skipped') return [];
  const rules = ruleFaults(task, at, compiling);
  if (rules.length > 0 || expansion.kind !== 'ready') return rules;
  // Nobody knows before the run whether a handler's turn comes, or whether failed_when takes the failure away.
  if (task.handler || task.around.rescued || task.around.ignoreErrors) return [];
  if (task.source.module.value !== 'assert' || task.source.failedWhen.length > 0) return [];
  return expansion.items.flatMap((item) =>
    item.kind === 'ready' ? assertionFaults(item.want, task, at.host.name) : [],
  );
}

/** An assertion over the inventory that is false already needs no connection to fail. */
function assertionFaults(want: unknown, task: FlatTask, host: string): readonly Diagnostic[] {
  const { that, fail_msg } = want as { that: readonly Decision[]; fail_msg?: string };
  const index = that.findIndex((one) => one.value === false);
  const wrong = that[index];
  if (!wrong) return [];
  const { params } = task.source;
  const place = placeOf(params, ['that', index]);
  return [
    fault('assertion-failed', fail_msg ?? `This is not so: ${wrong.text}`, {
      place,
      host,
      ...(fail_msg === undefined ? {} : { help: `This is not so on ${host}: ${wrong.text}` }),
    }),
  ];
}

function notifyFaults(play: FlatPlay): readonly Diagnostic[] {
  const known = play.handlers.flatMap(({ source }) => [
    ...(source.name ? [source.name.value] : []),
    ...source.listen,
  ]);
  return [...play.tasks, ...play.handlers].flatMap(({ source }) =>
    source.notify
      .filter((one) => !known.includes(one.value))
      .map((one) =>
        fault('unknown-handler', `There is no handler '${one.value}' in this play.`, {
          place: one.place,
          help: didYouMean(one.value, known) ?? 'Write one under handlers:, of the play or of the role.',
        }),
      ),
  );
}

import type { ReadyItem } from '../model/compiled.ts';
import { isLocal, isUnhashed, sizeOf } from '../model/content.ts';
import { isProbeFailure } from '../model/host.ts';
import type { Stat, StatPath } from '../model/probe.ts';
import type { Action, Step } from '../model/step.ts';
import { type AnyModule, isRefusal } from '../modules/module.ts';
import { Overlay } from '../shell/overlay.ts';
import { Looked } from './companions-looked.ts';
import { foundOf, NotKnown } from './found.ts';
import type { Inspection } from './inspection.ts';
import type { Lookahead } from './lookahead.ts';
import type { Member } from './member.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

/** Bytes of files that travel in one request, so that neither side holds much. */
const MOST_BYTES = 256 * 1024;
const MOST_MEMBERS = 256;

const FILE_PROBES: ReadonlySet<string> = new Set(['stat', 'readFile', 'account']);
const FILE_ACTIONS: ReadonlySet<string> = new Set([
  'writeFile',
  'makeDirectory',
  'setAttributes',
  'makeLink',
  'remove',
]);
/** Users and groups live here: who writes them changes what accounts are. */
const ACCOUNTS = /^\/etc\/(passwd|group|nsswitch\.conf)$/;

/**
 * Items after `leader` that can act in its request, because all that comes before them is known to the byte: changes of
 * files and nothing else. What they will find is foreseen by the overlay that dry runs are made with. It stops at the
 * first item that hangs on anything else (docs/decisions/0023-file-changes-travel-together.md).
 */
export function companionsOf(
  leader: Member,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  isKept: (task: Task) => boolean,
): readonly Member[] {
  const overlay = new Overlay();
  const looked = new Looked(overlay);
  const user = leader.task.become ?? state.facts.user;
  const around = surroundings(run, state);
  let bytes = 0;

  /** True where the item's answers and its steps are of files alone. */
  const joins = (member: Member): boolean => {
    const { module, until, failedWhen, changedWhen } = member.item;
    if (module.readsWorld || until || failedWhen || changedWhen) return false;
    if (!Object.values(ahead.inspectionOf(member.item).probes).every(({ kind }) => FILE_PROBES.has(kind)))
      return false;
    bytes += member.steps.reduce((sum, { action }) => sum + bytesOf(action), 0);
    return bytes <= MOST_BYTES && member.steps.every(isOfFiles);
  };

  const add = (member: Member): Member => {
    const { probes } = ahead.inspectionOf(member.item);
    const apart = looked.isTouchedBy(member.steps);
    if (apart) looked.clear();
    for (const step of member.steps) overlay.apply(step, user, member.task.ref.label);
    looked.add(probes, member.found);
    return { ...member, apart };
  };

  const foresee = (task: Task, index: number, item: ReadyItem<AnyModule>): Member | 'stop' | 'no matter' => {
    const inspection = ahead.inspectionOf(item);
    const answers = ahead.knownAnswers(task, item);
    if (!answers) return 'stop';
    learnLinks(inspection, task, state, overlay);
    const found = foundOf(task, inspection.probes, answers, (probe, answer) =>
      overlay.patch(probe, answer as never),
    );
    if (found.kind === 'failed') return 'stop';
    try {
      const steps = item.module.plan(item.want, found.found, around);
      if (isRefusal(steps)) return 'stop';
      // Nothing is asked of the host: its turn needs nothing foreseen.
      if (answers.size === 0) return steps.length === 0 ? 'no matter' : 'stop';
      const member: Member = { task, index, item, found: found.found, steps, apart: false };
      const acting = { host: state.name, task: task.ref, item: index, steps };
      if (!joins(member)) return 'stop';
      if (steps.length > 0 && ((!task.runsInPlan && run.forbids?.(acting)) || !isKept(task))) return 'stop';
      return add(member);
    } catch (error) {
      if (error instanceof NotKnown) return 'stop';
      throw error;
    }
  };

  if (run.prunes || !stands(leader.task, leader.task) || !joins(leader)) return [];
  learnLinks(ahead.inspectionOf(leader.item), leader.task, state, overlay);
  add(leader);
  const members: Member[] = [];
  for (const next of ahead.tasksFrom(leader.task)) {
    if (!stands(next, leader.task)) break;
    const expansion = ahead.expansionOf(next);
    if (expansion.kind === 'skipped' && !gives(next)) continue;
    if (expansion.kind !== 'ready') break;
    for (const [index, item] of expansion.items.entries()) {
      if (item.kind === 'skipped' || (next === leader.task && index <= leader.index)) continue;
      if (item.kind === 'unknown' || members.length >= MOST_MEMBERS) return members;
      // Which file it sends came out during the run: it is hashed when its turn comes.
      if (isUnhashed(item.file)) return members;
      const member = foresee(next, index, item);
      if (member === 'stop') return members;
      if (member !== 'no matter') members.push(member);
    }
    if (gives(next)) break;
  }
  return members;
}

/** The same user's, and no barrier. */
const stands = (task: Task, leader: Task): boolean =>
  task.become === leader.become && !task.runOnce && !task.flushesHandlers && !task.prune;

/** Others may decide by what it gives, which is not known before it has run. */
const gives = (task: Task): boolean => task.register !== undefined || task.sets.length > 0;

const isOfFiles = ({ action, converges, effects }: Step): boolean =>
  converges &&
  effects.length === 0 &&
  (action === undefined || (FILE_ACTIONS.has(action.kind) && !isApart(action)));

/** What decides about users, and what travels by itself because it is not held in memory. */
const isApart = (action: Action): boolean =>
  ('path' in action && ACCOUNTS.test(action.path)) ||
  (action.kind === 'writeFile' && isLocal(action.content));

const bytesOf = (action: Action | undefined): number =>
  action?.kind === 'writeFile' ? sizeOf(action.content) : 0;

/** Links of the host: what is done through them is done to what they name. */
function learnLinks({ links }: Inspection, task: Task, state: HostState, overlay: Overlay): void {
  for (const link of links) {
    const answer = state.answers.get(task.become, link);
    if (answer && !isProbeFailure(answer)) overlay.patch(link.probe as StatPath, answer as Stat);
  }
}

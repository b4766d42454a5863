import type { Part, PendingHandler, Response } from '../model/host.ts';
import type { Answer, Probe, ProbeFailure } from '../model/probe.ts';
import type { Action } from '../model/step.ts';
import { implied, withinOf } from './inside.ts';
import type { Lookahead } from './lookahead.ts';
import type { Done, Made, Member } from './member.ts';
import type { HostState, RunState } from './run-state.ts';

/** A member with the ids of its parts in the request. */
interface Sent {
  readonly member: Member;
  readonly actions: readonly (readonly [id: number, action: Action])[];
  /** By the name of the probe. */
  readonly probes: Map<string, number>;
}

/**
 * One request: pending handlers first, then the actions of each member, in order, the probes of all of them again, and
 * those of what comes after. Answers what came of the first; `ahead` keeps the rest for their turns. Where an action
 * fails, nothing after it is done.
 */
export async function act(
  members: readonly [Member, ...Member[]],
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  pending: readonly PendingHandler[] | undefined,
): Promise<Done> {
  const [leader] = members;
  const { task } = leader;
  const shell = await state.shell(task.become);
  ahead.voidAnswers(members.length);
  const written = [
    ...(pending ? shell.keepHandlers(pending) : []),
    ...(task.prune ? state.manifest(task.become, run.playbook).keep(task.prune.role) : []),
  ].map((action) => [ahead.id(), action] as const);
  const request = requestFor(members, ahead);
  const last = members.at(-1) ?? leader;
  const after = ahead.partsAfter(last.task, last.index);
  const owners = new Map(
    request.sent.flatMap(({ member, actions }) => actions.map(([id]) => [id, member.task])),
  );
  const response = await shell.send({
    parts: [...written.map(actionPart), ...request.parts, ...after.parts],
    onOutput: (id, stream, text) => {
      const { noLog, ref } = owners.get(id) ?? task;
      if (!noLog) run.emit({ event: 'task_output', host: state.name, task: ref, stream, text });
    },
  });
  ahead.keep(after, response);
  const notKept = failureOf(written, response);
  if (notKept) return { outcomes: [], answers: new Map(), failure: notKept };
  const failed = request.sent.findIndex(({ actions }) => failureOf(actions, response));
  const unseen = request.sent.slice(0, Math.max(failed, 0));
  const answers = await inspected(unseen, response, state, ahead);
  const reached = failed < 0 ? request.sent : request.sent.slice(0, failed + 1);
  const [first, ...rest] = reached.map((one) => ({
    member: one.member,
    done: {
      outcomes: one.actions.flatMap(([id]) => response.outcomes.get(id) ?? []),
      answers: answersFor(one, answers, ahead),
      failure: failureOf(one.actions, response),
    },
  }));
  for (const { member, done } of rest) ahead.made(member, done);
  return (first as Made).done;
}

const actionPart = ([id, action]: readonly [number, Action]): Part => ({ kind: 'action', id, action });

/** The parts of all members: actions in order, probes at the end or before somebody changes what they look at. */
function requestFor(members: readonly Member[], ahead: Lookahead) {
  const parts: Part[] = [];
  const sent: Sent[] = [];
  let open: Sent[] = [];
  const inspect = (): void => {
    const asked = new Map<string, number>();
    for (const { member, probes } of open) {
      for (const [field, { key, probe }] of ahead.inspectionOf(member.item).questions) {
        if (implied(foundWithin(probe, member))) continue;
        const id = asked.get(key) ?? ahead.id();
        if (!asked.has(key)) parts.push({ kind: 'probe', id, probe });
        asked.set(key, id);
        probes.set(field, id);
      }
    }
    open = [];
  };
  for (const member of members) {
    if (member.apart) inspect();
    const actions = member.steps.flatMap(({ action }) => (action ? [[ahead.id(), action] as const] : []));
    parts.push(...actions.map(actionPart));
    const one: Sent = { member, actions, probes: new Map() };
    sent.push(one);
    open.push(one);
  }
  inspect();
  return { parts, sent };
}

/** What was found of the directory that a probe looks into; nothing where only apply can tell, which a getter says. */
const foundWithin = (probe: Probe, { found }: Member): Answer | undefined =>
  Object.getOwnPropertyDescriptor(found, withinOf(probe) ?? '')?.value;

/** Answers by part. Those before a failure had no turn to be looked at: what they would have been asked is asked now. */
async function inspected(
  before: readonly Sent[],
  { answers }: Response,
  state: HostState,
  ahead: Lookahead,
): Promise<ReadonlyMap<number, Answer | ProbeFailure>> {
  const parts = before.flatMap(({ member, probes }) =>
    [...probes].flatMap(([field, id]): Part[] => {
      const probe = ahead.inspectionOf(member.item).probes[field];
      return answers.has(id) || !probe ? [] : [{ kind: 'probe', id, probe }];
    }),
  );
  if (parts.length === 0) return answers;
  const shell = await state.shell(before[0]?.member.task.become);
  return new Map([...answers, ...(await shell.send({ parts })).answers]);
}

/** The answers for one member; those that nobody asked for are told by others. */
function answersFor(
  { member, probes }: Sent,
  answers: ReadonlyMap<number, Answer | ProbeFailure>,
  ahead: Lookahead,
): ReadonlyMap<string, Answer | ProbeFailure> {
  const own = new Map<string, Answer | ProbeFailure>();
  const answerTo = (field: string | undefined) => answers.get(probes.get(field ?? '') ?? -1);
  for (const [field, { probe }] of ahead.inspectionOf(member.item).questions) {
    const answer = answerTo(field) ?? (probes.has(field) ? undefined : implied(answerTo(withinOf(probe))));
    if (answer) own.set(field, answer);
  }
  return own;
}

/** The last action that did not succeed. */
function failureOf(actions: Sent['actions'], { outcomes }: Response): Done['failure'] {
  const failures = actions.flatMap(([id, action]) => {
    const outcome = outcomes.get(id);
    return outcome && !outcome.ok ? [{ action, outcome }] : [];
  });
  return failures.at(-1);
}

import type { Part, Request, Response, Shell } from '../../src/model/host.ts';
import type { Answer, AnswerTo, Probe, ProbeFailure } from '../../src/model/probe.ts';
import type { Action, Outcome } from '../../src/model/step.ts';

/** Asks one probe. */
export async function ask<P extends Probe>(
  shell: Shell,
  probe: P,
): Promise<AnswerTo<P> & Partial<ProbeFailure>> {
  const { answers } = await shell.send({ parts: [{ kind: 'probe', id: 1, probe }] });
  return answers.get(1) as AnswerTo<P> & Partial<ProbeFailure>;
}

/** Asks many probes in one request; the answers in their order. */
export async function askAll(
  shell: Shell,
  probes: readonly Probe[],
): Promise<readonly (Answer | ProbeFailure | undefined)[]> {
  const parts = probes.map((probe, id): Part => ({ kind: 'probe', id, probe }));
  const { answers } = await shell.send({ parts });
  return probes.map((_probe, id) => answers.get(id));
}

/** Does one action. */
export async function act(shell: Shell, action: Action, onOutput?: Request['onOutput']): Promise<Outcome> {
  const parts: readonly Part[] = [{ kind: 'action', id: 1, action }];
  const { outcomes } = await shell.send({ parts, ...(onOutput ? { onOutput } : {}) });
  const outcome = outcomes.get(1);
  if (!outcome) throw new Error('The action has no outcome.');
  return outcome;
}

/** Sends probes and actions as they stand, numbered from 0. */
export const sendAll = (shell: Shell, things: readonly (Probe | Action)[]): Promise<Response> =>
  shell.send({ parts: things.map((thing, id) => part(thing, id)) });

const ACTIONS = new Set(['run', 'writeFile', 'makeDirectory', 'setAttributes', 'makeLink', 'remove', 'wait']);
const part = (thing: Probe | Action, id: number): Part =>
  ACTIONS.has(thing.kind)
    ? { kind: 'action', id, action: thing as Action }
    : { kind: 'probe', id, probe: thing as Probe };

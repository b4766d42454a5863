import { expect } from '@jest/globals';
import type { Host, Part } from '../../src/model/host.ts';
import type { Answer, Probes, StatFound } from '../../src/model/probe.ts';
import type { Outcome, Step } from '../../src/model/step.ts';
import { isUnknown } from '../../src/model/value.ts';
import { modules } from '../../src/modules/index.ts';
import { type AnyModule, isRefusal, type Surroundings } from '../../src/modules/module.ts';
import { Overlay } from '../../src/shell/overlay.ts';
import { askAll } from '../sshd/ask.ts';

/** What a task did to a host. */
export interface Converged {
  readonly steps: readonly Step[];
  readonly outcomes: readonly Outcome[];
  /** What a register would hold. */
  readonly result: unknown;
}

/**
 * Does a task for real: inspects, plans, applies, inspects again. Requires that nothing is left to do, and that the
 * host then answers what the overlay of a dry run foretold.
 */
export async function converge(host: Host, name: string, params: unknown): Promise<Converged> {
  const module = modules.get(name);
  if (!module) throw new Error(`There is no module ${name}`);
  const want: unknown = module.params.parse(params);
  const around: Surroundings = { facts: host.facts, mode: 'apply', host: 'web1', folder: '/project' };
  const probes = module.inspect(want, around) as Probes;
  const before = await found(host, probes);
  const steps = planned(module, want, before, around);
  const overlay = new Overlay();
  for (const [key, probe] of Object.entries(probes)) overlay.patch(probe, before[key] as never);
  for (const step of steps) overlay.apply(step);

  const outcomes = await apply(host, steps);
  const after = await found(host, probes);
  for (const [key, probe] of Object.entries(probes)) {
    const foretold = overlay.patch(probe, before[key] as never);
    if (!isUnknown(foretold))
      expect({ [key]: certain(after[key]) }).toMatchObject({ [key]: certain(foretold) });
  }
  expect(planned(module, want, after, around).filter((step) => step.converges)).toEqual([]);
  return { steps, outcomes, result: module.result?.(want, after, outcomes) };
}

/** Fields of the steps that a task took. */
export const fields = ({ steps }: Converged): readonly string[] =>
  steps.map((step) => `${step.sign} ${step.field}`);

async function found(host: Host, probes: Probes): Promise<Record<string, Answer>> {
  const keys = Object.keys(probes);
  const answers = await askAll(await host.shell(), Object.values(probes));
  return Object.fromEntries(
    keys.map((key, index) => {
      const answer = answers[index];
      if (!answer || 'failed' in answer) throw new Error(`${key}: ${JSON.stringify(answer)}`);
      return [key, answer] as const;
    }),
  );
}

function planned(
  module: AnyModule,
  want: unknown,
  found: Record<string, Answer>,
  around: Surroundings,
): readonly Step[] {
  const plan = module.plan(want, found, around);
  if (isRefusal(plan)) throw new Error(`refused: ${plan.refused}`);
  return plan;
}

async function apply(host: Host, steps: readonly Step[]): Promise<readonly Outcome[]> {
  const parts = steps.flatMap(({ action }, id): readonly Part[] =>
    action ? [{ kind: 'action', id, action }] : [],
  );
  if (parts.length === 0) return [];
  const { outcomes } = await (await host.shell()).send({ parts });
  const failed = [...outcomes.values()].find((outcome) => !outcome.ok);
  if (failed) throw new Error(`An action failed: ${JSON.stringify(failed)}`);
  return [...outcomes.values()];
}

/**
 * What of an answer can be foretold: no times, no sizes of directories, no names of numbers that were asked for, and no
 * bytes where the hash says it.
 */
function certain(answer: unknown): unknown {
  const isDirectory = 'type' in (answer as object) && (answer as StatFound).type === 'directory';
  const entries = Object.entries(answer as object).filter(([key, value]) => {
    if (key === 'size' && isDirectory) return false;
    if (key === 'owner' || key === 'group') return !/^\d+$/.test(String(value));
    return !Number.isNaN(value) && !['mtime', 'content', 'stderr', 'version', 'candidate'].includes(key);
  });
  return Object.fromEntries(entries);
}

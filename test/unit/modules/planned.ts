import { FakeHost } from '../../../src/hosts/fake.ts';
import type { Answer, Probes } from '../../../src/model/probe.ts';
import { isUnknown } from '../../../src/model/value.ts';
import { modules } from '../../../src/modules/index.ts';
import { isRefusal } from '../../../src/modules/module.ts';
import { Overlay } from '../../../src/shell/overlay.ts';

export type PlannedTask = readonly [module: string, params: Readonly<Record<string, unknown>>];

/** Fields of the steps of each task of a dry run, or why it is unknown or refused. */
export function planned(
  tasks: readonly PlannedTask[],
  host = new FakeHost(),
): readonly (readonly string[])[] {
  const overlay = new Overlay();
  return tasks.map(([name, params]) => {
    const module = modules.get(name);
    if (!module) throw new Error(name);
    const want: unknown = module.params.parse(params);
    const around = { facts: host.facts, mode: 'plan', host: 'web1', folder: '/project' } as const;
    const found: Record<string, Answer> = {};
    for (const [key, probe] of Object.entries(module.inspect(want, around) as Probes)) {
      const answer = overlay.patch(probe, host.answer(probe) as never);
      if (isUnknown(answer)) return [`unknown: ${answer.reason}`];
      found[key] = answer as Answer;
    }
    const steps = module.plan(want, found, around);
    if (isRefusal(steps)) return [`refused: ${steps.refused}`];
    for (const step of steps) overlay.apply(step);
    return steps.map((step) => `${step.sign} ${step.field}`);
  });
}

import { describe, expect, test } from '@jest/globals';
import type { FakeHost } from '../../../src/hosts/fake.ts';
import type { Answer, Probes } from '../../../src/model/probe.ts';
import type { Outcome, Step } from '../../../src/model/step.ts';
import { isUnknown } from '../../../src/model/value.ts';
import { modules } from '../../../src/modules/index.ts';
import { type AnyModule, isRefusal, type Refusal, type Surroundings } from '../../../src/modules/module.ts';
import { Overlay } from '../../../src/shell/overlay.ts';
import { casesOf, hostOf, type ModuleCase, modulesWithCases } from './module-case.ts';

for (const name of modulesWithCases()) {
  describe(name, () => {
    test.each(casesOf(name))('%s', (_, read) => check(module(name), read()));
  });
}

function check(subject: AnyModule, given: ModuleCase): void {
  const parsed = subject.params.safeParse(withSource(subject, given));
  if (given.invalid !== undefined) {
    expect(parsed.error?.issues.map((issue) => issue.message).join('\n') ?? 'valid').toContain(given.invalid);
    return;
  }
  if (!parsed.success) throw parsed.error;
  const want: unknown = parsed.data;
  const host = hostOf(given, subject, want);
  const plan = planOn(subject, want, host);
  // A dry run may hope for what is still to come, but never sees other steps.
  if (!isRefusal(plan)) expect(planOn(subject, want, host, 'plan')).toEqual(plan);

  if (given.refused !== undefined) {
    expect(isRefusal(plan) ? plan.refused : 'not refused').toContain(given.refused);
    return;
  }
  const steps = stepsOf(plan);
  if (given.steps === undefined)
    expect(given.because ?? 'no steps, and no because').not.toBe('no steps, and no because');
  expect(steps.map(plain)).toMatchObject((given.steps ?? []) as object[]);
  expect(steps).toHaveLength((given.steps ?? []).length);
  if (given.says !== undefined) expect(subject.says?.(want)).toBe(given.says);

  const overlay = new Overlay();
  for (const step of steps) overlay.apply(step);
  const found = foundOn(subject, want, host);
  const predicted = foundOn(subject, want, host, overlay);

  const outcomes = applied(steps, host);
  if (given.result !== undefined) {
    const later = outcomes.length === 0 ? found : foundOn(subject, want, host);
    expect(subject.result?.(want, later, outcomes)).toMatchObject(given.result as object);
  }
  if (outcomes.some((outcome) => !outcome.ok)) return;
  const resting = (left: readonly Step[] | Refusal): unknown[] =>
    stepsOf(left)
      .filter((step) => step.converges)
      .map(plain);
  expect(resting(planOn(subject, want, host))).toEqual([]);
  expect(resting(subject.plan(want, predicted, around(host)))).toEqual([]);
}

function module(name: string): AnyModule {
  const found = modules.get(name);
  if (!found) throw new Error(`There is no module ${name}`);
  return found;
}

function withSource(subject: AnyModule, given: ModuleCase): unknown {
  if (given.source === undefined || !subject.source) return given.params;
  return { ...(given.params as object), [subject.source.into]: new TextEncoder().encode(given.source) };
}

const around = (host: FakeHost, mode: Surroundings['mode'] = 'apply'): Surroundings => ({
  facts: host.facts,
  mode,
  host: 'web1',
  folder: '/project',
});

function foundOn(
  subject: AnyModule,
  want: unknown,
  host: FakeHost,
  overlay?: Overlay,
): Record<string, Answer> {
  const probes = Object.entries(subject.inspect(want, around(host)) as Probes);
  return Object.fromEntries(
    probes.map(([key, probe]) => {
      const answer = host.answer(probe);
      const patched = overlay ? overlay.patch(probe, answer as never) : answer;
      return [key, isUnknown(patched) ? answer : (patched as Answer)];
    }),
  );
}

function planOn(subject: AnyModule, want: unknown, host: FakeHost, mode: Surroundings['mode'] = 'apply') {
  return subject.plan(want, foundOn(subject, want, host), around(host, mode));
}

function stepsOf(plan: readonly Step[] | Refusal): readonly Step[] {
  if (isRefusal(plan)) throw new Error(`refused: ${plan.refused}`);
  return plan;
}

function applied(steps: readonly Step[], host: FakeHost): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  for (const { action } of steps) {
    if (action && outcomes.every((outcome) => outcome.ok)) outcomes.push(host.act(action, 'root'));
  }
  return outcomes;
}

/** Bytes as text, so that a case can say what they are. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, plain(part)] as const);
  return entries.length === 1 && entries[0]?.[0] === 'bytes' ? entries[0][1] : Object.fromEntries(entries);
}

import { isProbeFailure } from '../model/host.ts';
import type { Prediction } from '../model/planned.ts';
import type { Answer, Probe } from '../model/probe.ts';
import { probeKey } from '../model/probe-makers.ts';
import type { HostState } from './run-state.ts';

/** What a dry run expects of a host: of everything that it asked, and of everything that a step has declared. */
export function predictionsOf(state: HostState): readonly Prediction[] {
  const expect = (probe: Probe) => (before: Answer) => state.overlay.patch(probe, before as never);
  const asked = new Map<string, Prediction>();
  for (const { user, probe, answer } of state.answers) {
    if (isProbeFailure(answer)) continue;
    asked.set(probeKey(probe), { host: state.name, user, probe, before: answer, expect: expect(probe) });
  }
  const declared = state.overlay.declared
    .filter((probe) => !asked.has(probeKey(probe)))
    .map((probe) => ({
      ...{ host: state.name, user: state.facts.uid === 0 ? undefined : 'root' },
      ...{ probe, before: undefined, expect: expect(probe) },
    }));
  return [...asked.values(), ...declared];
}

import { Trouble } from '../diagnostics/trouble.ts';
import type { LabMachine, LabSpec } from '../model/lab.ts';

/** Does something with all machines side by side, each to its end, and then throws all their troubles as one. */
export async function eachMachine(spec: LabSpec, act: (machine: LabMachine) => Promise<void>): Promise<void> {
  const done = await Promise.allSettled(spec.machines.map(act));
  const failures = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const unexpected = failures.find((failure) => !(failure instanceof Trouble));
  if (unexpected) throw unexpected;
  if (failures.length > 0) throw new Trouble(failures.flatMap((failure: Trouble) => failure.diagnostics));
}

import type { LabSpec } from '../model/lab.ts';
import { labFolder } from './folders.ts';
import { livingPid } from './machine-files.ts';
import { tryReadState } from './state.ts';

/** A machine as `troupe lab status` shows it. */
export interface MachineStatus {
  readonly machine: string;
  /** `up`; `starting`: QEMU runs but it has no name yet; `down`. */
  readonly state: 'up' | 'starting' | 'down';
  /** Port on loopback that leads to its sshd. */
  readonly port?: number;
  readonly addresses: readonly string[];
}

/** How each machine of a lab stands. */
export function labStatus(spec: LabSpec): readonly MachineStatus[] {
  const folder = labFolder(spec);
  const state = tryReadState(folder);
  return spec.machines.map(({ name, nics }) => {
    const kept = state?.machines[name];
    const living = livingPid(folder, name) !== undefined;
    return {
      machine: name,
      state: living ? (kept?.ready ? 'up' : 'starting') : 'down',
      ...(kept && living ? { port: kept.port } : {}),
      addresses: nics.flatMap((nic) => nic.addresses),
    };
  });
}

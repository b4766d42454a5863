import type { LabSpec } from '../model/lab.ts';
import { driverNamed } from './drivers.ts';
import { labFolder } from './folders.ts';
import { livingPid } from './machine-files.ts';
import { type DriverName, type PassedOver, tryReadState } from './state.ts';

/** How a lab stands. */
export interface LabStatus {
  /** What runs its machines; left out where it is not up. */
  readonly driver?: { readonly name: DriverName; readonly title: string };
  /** Drivers that are quicker, and why they were not used. */
  readonly passedOver: readonly PassedOver[];
  readonly machines: readonly MachineStatus[];
}

/** A machine as `troupe lab status` shows it. */
export interface MachineStatus {
  readonly machine: string;
  /** `up`; `starting`: it runs but has no name yet; `down`. */
  readonly state: 'up' | 'starting' | 'down';
  /** Port on loopback that leads to its sshd. */
  readonly port?: number;
  readonly addresses: readonly string[];
  /** Segments that it is cut off from. */
  readonly cut?: readonly string[];
}

/** How a lab and each of its machines stand; `root` is the folder of Troupe itself. */
export function labStatus(spec: LabSpec, root: string): LabStatus {
  const folder = labFolder(spec);
  const state = tryReadState(folder);
  const machines = spec.machines.map(({ name, nics }): MachineStatus => {
    const kept = state?.machines[name];
    const living = livingPid(folder, name) !== undefined;
    const cut = (kept?.unplugged ?? []).flatMap((card) => nics[card]?.segment ?? []);
    return {
      machine: name,
      state: living ? (kept?.ready ? 'up' : 'starting') : 'down',
      ...(kept && living ? { port: kept.port } : {}),
      addresses: nics.flatMap((nic) => nic.addresses),
      ...(cut.length > 0 && { cut }),
    };
  });
  if (!state) return { passedOver: [], machines };
  const { name, title } = driverNamed(state.driver, root);
  return { driver: { name, title }, passedOver: state.passedOver, machines };
}

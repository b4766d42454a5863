import type { LabMachine } from '../model/lab.ts';
import type { Guest } from './guest.ts';
import { livingPid } from './machine-files.ts';
import { type LabState, type MachineState, readMachine } from './state.ts';

/** A machine of a lab whose state is written down. */
export interface Waking {
  readonly folder: string;
  readonly state: LabState;
  readonly machine: LabMachine;
}

/** What is written down of the machine just now. */
export const stateOf = ({ folder, machine }: Waking): MachineState => readMachine(folder, machine.name);

/** How the lab itself reaches the machine. */
export const guestOf = (waking: Waking): Guest => ({
  folder: waking.folder,
  name: waking.machine.name,
  port: stateOf(waking).port,
  identityFile: waking.state.identityFile,
});

export const isRunning = ({ folder, machine }: Waking): boolean =>
  livingPid(folder, machine.name) !== undefined;

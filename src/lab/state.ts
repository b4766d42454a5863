import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** QEMU with KVM, User-Mode Linux, or QEMU that emulates the processor (its Tiny Code Generator). */
export type DriverName = 'kvm' | 'uml' | 'tcg';

/** What is written down of a lab before any of its machines is started, so that a cut-off `up` can be taken down. */
export interface LabState {
  readonly inventory: string;
  readonly name: string;
  readonly driver: DriverName;
  /** Drivers that would have been tried first, and why each was not used. */
  readonly passedOver: readonly PassedOver[];
  readonly machines: Readonly<Record<string, MachineState>>;
  /** What is each segment's wire, as the driver names it. */
  readonly segments: Readonly<Record<string, string>>;
  /** Private key that every machine accepts. */
  readonly identityFile: string;
}

/** A driver that was not used. */
export interface PassedOver {
  readonly driver: DriverName;
  /** One sentence. */
  readonly why: string;
}

export interface MachineState {
  /** Counts the lab's machines from 1; a number is given again when its machine has gone. */
  readonly number: number;
  /** TCP port on loopback that leads to the machine's sshd. */
  readonly port: number;
  /** Folder of its image in the cache. */
  readonly image: string;
  /** Folder that its disks come from: the image's, or that of a boot snapshot. */
  readonly origin: string;
  /** Public key of its sshd. */
  readonly hostKey: string;
  /** Fingerprint of its description; another one means that the inventory or the image has changed since. */
  readonly described: string;
  /** True once it has its name and addresses. */
  readonly ready: boolean;
  /** Names under which its state was kept. */
  readonly kept?: readonly string[];
  /** Cards whose cable is pulled out, by their index. */
  readonly unplugged?: readonly number[];
}

const stateFile = (folder: string): string => join(folder, 'state.json');

export const knownHostsFile = (folder: string): string => join(folder, 'known_hosts');

/** State of a lab's folder; undefined where there is none. */
export const tryReadState = (folder: string): LabState | undefined =>
  existsSync(stateFile(folder)) ? JSON.parse(readFileSync(stateFile(folder), 'utf8')) : undefined;

/** What is written of one machine, which must be there. */
export function readMachine(folder: string, name: string): MachineState {
  const machine = tryReadState(folder)?.machines[name];
  if (!machine) throw new Error(`${name} has no state`);
  return machine;
}

/** Replaces the state, and the known_hosts that goes with it, atomically. */
export function writeState(folder: string, state: LabState): void {
  const hosts = Object.values(state.machines).map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`);
  replace(knownHostsFile(folder), hosts.join(''));
  replace(stateFile(folder), JSON.stringify(state, undefined, 2));
}

/** Changes what is written of one machine. Machines come up side by side, in one process that holds the lab's lock. */
export function updateMachine(folder: string, name: string, change: Partial<MachineState>): void {
  const state = tryReadState(folder);
  const machine = state?.machines[name];
  if (!state || !machine) return;
  writeState(folder, { ...state, machines: { ...state.machines, [name]: { ...machine, ...change } } });
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Accelerator = 'kvm' | 'tcg';

/** What is written down of a lab before any of its machines is started, so that a cut-off `up` can be taken down. */
export interface LabState {
  readonly inventory: string;
  readonly name: string;
  readonly machines: Readonly<Record<string, MachineState>>;
  /** Multicast group on loopback that is each segment's wire: `239.a.b.c:port`. */
  readonly segments: Readonly<Record<string, string>>;
  /** Private key that every machine accepts. */
  readonly identityFile: string;
}

export interface MachineState {
  /** TCP port on loopback that leads to the machine's sshd. */
  readonly port: number;
  /** Folder of its image in the cache. */
  readonly image: string;
  /** Folder of the boot snapshot that it started from. */
  readonly snapshot: string;
  readonly accelerator: Accelerator;
  /** Public key of its sshd. */
  readonly hostKey: string;
  /** Fingerprint of its description; another one means that the inventory or the image has changed since. */
  readonly described: string;
  /** True once it has its name and addresses. */
  readonly ready: boolean;
}

const stateFile = (folder: string): string => join(folder, 'state.json');

export const knownHostsFile = (folder: string): string => join(folder, 'known_hosts');

/** State of a lab's folder; undefined where there is none. */
export const tryReadState = (folder: string): LabState | undefined =>
  existsSync(stateFile(folder)) ? JSON.parse(readFileSync(stateFile(folder), 'utf8')) : undefined;

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

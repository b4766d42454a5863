import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabConnection, LabSpec } from '../model/lab.ts';
import { labFolder } from './folders.ts';

/** What is written down of a lab before any of its machines is started, so that a cut-off `up` can be taken down. */
export interface LabState {
  readonly inventory: string;
  readonly name: string;
  /** Key of the image and accelerator in the cache, by machine. */
  readonly machines: Readonly<Record<string, MachineState>>;
  /** UDP port of each segment's multicast group on loopback. */
  readonly segments: Readonly<Record<string, number>>;
  /** Private key that every machine accepts. */
  readonly identityFile: string;
}

export interface MachineState {
  /** TCP port on loopback that leads to the machine's sshd. */
  readonly port: number;
  /** Folder of the boot snapshot that it started from. */
  readonly snapshot: string;
  /** Fingerprint of its description; another one means that the inventory has changed since. */
  readonly described: string;
  /** True once it has its name and addresses. */
  readonly ready: boolean;
}

const file = (folder: string): string => join(folder, 'state.json');

/** State of a lab's folder; undefined where there is none. */
export const tryReadState = (folder: string): LabState | undefined =>
  existsSync(file(folder)) ? JSON.parse(readFileSync(file(folder), 'utf8')) : undefined;

/** Replaces the state atomically. */
export function writeState(folder: string, state: LabState): void {
  writeFileSync(`${file(folder)}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file(folder)}.new`, file(folder));
}

/** How to reach the machines of a lab; undefined where it is not up. Cheap: reads one small file. */
export function labConnections(spec: LabSpec): readonly LabConnection[] | undefined {
  const folder = labFolder(spec);
  const state = tryReadState(folder);
  if (!state) return undefined;
  return Object.entries(state.machines).map(([host, machine]) => ({
    host,
    address: '127.0.0.1',
    port: machine.port,
    user: 'troupe',
    identityFile: state.identityFile,
    knownHostsFile: join(folder, 'known_hosts'),
  }));
}

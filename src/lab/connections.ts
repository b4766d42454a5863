import type { LabConnection, LabSpec } from '../model/lab.ts';
import { labFolder } from './folders.ts';
import { livingPid } from './machine-files.ts';
import { knownHostsFile, tryReadState } from './state.ts';

/** Emulated machines that are busy are slow. */
const CONNECT_MS = 60_000;

/**
 * How to reach the machines of a lab; undefined where none of them runs. One that is off is there too: that it does not
 * answer is for the connection to say. Cheap: reads small files.
 */
export function labConnections(spec: LabSpec): readonly LabConnection[] | undefined {
  const folder = labFolder(spec);
  const state = tryReadState(folder);
  if (!state) return undefined;
  const machines = Object.entries(state.machines);
  if (!machines.some(([host]) => livingPid(folder, host) !== undefined)) return undefined;
  return machines.map(([host, { port }]) => ({
    host,
    address: '127.0.0.1',
    port,
    user: 'troupe',
    identityFile: state.identityFile,
    knownHostsFile: knownHostsFile(folder),
    connectTimeoutMs: CONNECT_MS,
  }));
}

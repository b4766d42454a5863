import { spawn } from 'node:child_process';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { labConnections } from './connections.ts';

/**
 * Opens a shell on a machine by the system's ssh, with our own terminal, or runs a command there, its words joined by
 * blanks as ssh does; answers its exit status.
 */
export async function labSsh(spec: LabSpec, host: string, command: readonly string[]): Promise<number> {
  const connection = labConnections(spec)?.find((each) => each.host === host);
  if (!connection) throw noMachine(spec, host);
  const { address, port, user, identityFile, knownHostsFile } = connection;
  const args = [
    ...['-F', 'none', '-o', `UserKnownHostsFile=${quoted(knownHostsFile)}`, '-o', 'IdentitiesOnly=yes'],
    ...[
      '-o',
      'ServerAliveInterval=15',
      '-o',
      'LogLevel=ERROR',
      '-i',
      identityFile,
      '-p',
      String(port),
      `${user}@${address}`,
    ],
    ...command,
  ];
  const child = spawn('ssh', args, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The option takes several files, parted by blanks. */
const quoted = (file: string): string => `"${file}"`;

function noMachine(spec: LabSpec, host: string) {
  const names = spec.machines.map((machine) => machine.name);
  return names.includes(host)
    ? trouble('lab-not-up', `The lab ${spec.name} is not up.`, {
        help: `Bring it up: troupe lab up -i ${spec.inventory}`,
      })
    : trouble('lab-no-machine', `The lab ${spec.name} has no machine "${host}".`, {
        help: `Its machines: ${names.join(', ')}.`,
      });
}

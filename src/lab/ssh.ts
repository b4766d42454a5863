import { spawn } from 'node:child_process';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { labConnections } from './state.ts';

/** Opens a shell on a machine, or runs a command there, by the system's ssh with our own terminal; answers its status. */
export async function labSsh(spec: LabSpec, host: string, command: readonly string[]): Promise<number> {
  const connection = labConnections(spec)?.find((each) => each.host === host);
  if (!connection) {
    throw trouble('lab-not-up', `The lab ${spec.name} has no machine '${host}' that is up.`, {
      help: `Its machines: ${spec.machines.map((machine) => machine.name).join(', ')}. Bring them up: troupe lab up -i ${spec.inventory}`,
    });
  }
  const child = spawn(
    'ssh',
    [
      ...[
        '-F',
        'none',
        '-o',
        `UserKnownHostsFile=${connection.knownHostsFile}`,
        '-o',
        'IdentitiesOnly=yes',
        '-o',
        'LogLevel=ERROR',
      ],
      ...[
        '-i',
        connection.identityFile,
        '-p',
        String(connection.port),
        `${connection.user}@${connection.address}`,
        ...command,
      ],
    ],
    { stdio: 'inherit' },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

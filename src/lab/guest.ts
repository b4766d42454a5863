import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { $ } from 'zx';
import { trouble } from '../diagnostics/trouble.ts';
import { consoleFile, livingPid } from './qemu.ts';

/** How the lab itself reaches a guest: as root, by the image's key. */
export interface GuestAccess {
  readonly port: number;
  readonly identityFile: string;
}

const sshArguments = ({ port, identityFile }: GuestAccess): readonly string[] => [
  // The host key is checked on every connection of a user; here it is our own guest, on loopback, still being made.
  ...[
    '-F',
    'none',
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
  ],
  ...[
    '-o',
    'ConnectTimeout=5',
    '-o',
    'ServerAliveInterval=5',
    '-o',
    'IdentitiesOnly=yes',
    '-i',
    identityFile,
    '-p',
    String(port),
    'root@127.0.0.1',
  ],
];

/** Runs a script as root in a guest; answers its output, throws where it fails. */
export async function inGuest(access: GuestAccess, script: string): Promise<string> {
  return (await $({ quiet: true, input: script })`ssh ${sshArguments(access)} sh -eus`).stdout;
}

/** Waits until a guest's sshd lets us in. Throws a Trouble with the end of its console where it does not. */
export async function untilReachable(
  folder: string,
  name: string,
  access: GuestAccess,
  limitMs: number,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const tried = await $({ nothrow: true, quiet: true, timeout: '20s' })`ssh ${sshArguments(access)} true`;
    if (tried.exitCode === 0) return;
    const dead = livingPid(folder, name) === undefined;
    if (dead || Date.now() > deadline)
      throw notUp(folder, name, dead ? 'QEMU has ended' : 'its sshd did not answer in time');
    await pause(300);
  }
}

function notUp(folder: string, name: string, why: string) {
  const file = consoleFile(folder, name);
  const end = existsSync(file)
    ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n  | ')
    : '(nothing)';
  return trouble(
    'lab-machine-not-up',
    `The machine ${name} did not come up: ${why}. The end of its console:\n  | ${end}`,
    {
      help: 'Take the lab down and up again; "troupe lab clean" also forgets the images and snapshots that it starts from.',
      host: name,
    },
  );
}

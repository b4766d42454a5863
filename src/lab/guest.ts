import { setTimeout as pause } from 'node:timers/promises';
import { $ } from 'zx/core';
import { trouble } from '../diagnostics/trouble.ts';
import { consoleEnd, livingPid } from './machine-files.ts';

/** How the lab itself reaches a guest: as root, by the image's key. */
export interface Guest {
  /** Folder of its process: console, process id. */
  readonly folder: string;
  readonly name: string;
  readonly port: number;
  readonly identityFile: string;
}

/** Longest that a machine may take to answer, in ms: a boot, emulated, on a busy machine. */
const LIMIT_MS = 420_000;
/** Exit status of ssh itself, as opposed to that of the command (ssh(1)). */
const NO_CONNECTION = 255;

const sshArguments = ({ port, identityFile }: Guest): readonly string[] => [
  ...['-F', 'none', '-i', identityFile, '-p', String(port)],
  // The host key is checked on every connection of a user; here it is our own guest, on loopback, still being made.
  ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'GlobalKnownHostsFile=/dev/null'].flatMap(
    option,
  ),
  ...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'LogLevel=ERROR'].flatMap(option),
  ...['ConnectTimeout=10', 'ServerAliveInterval=5', 'Compression=no'].flatMap(option),
  'root@127.0.0.1',
];

const option = (text: string): readonly string[] => ['-o', text];

/**
 * Runs a script as root in a guest, as soon as its sshd lets us in; answers its output. It is made anew for each attempt, and
 * may be run twice, when the connection breaks. Throws a Trouble with the end of its console where the machine does not come up.
 */
export async function inGuest(guest: Guest, script: () => string): Promise<string> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    // Read before the attempt: a machine that ends after it has let us in has come up.
    const alive = livingPid(guest.folder, guest.name) !== undefined;
    const running = $({
      nothrow: true,
      quiet: true,
      input: script(),
      timeout: '120s',
    })`ssh ${sshArguments(guest)} sh -eus`;
    // An ssh that is turned away may end before it has read the script: its exit status tells.
    running.stdin.on('error', () => {});
    const ran = await running;
    if (ran.exitCode === 0) return ran.stdout;
    if (ran.exitCode !== NO_CONNECTION && ran.exitCode !== null) throw scriptFailed(guest, ran.stderr);
    if (!alive) throw notUp(guest, 'its process has ended');
    if (consoleEnd(guest.folder, guest.name).some((line) => line.includes('Kernel panic')))
      throw notUp(guest, 'its kernel panicked');
    if (Date.now() > deadline) throw notUp(guest, 'its sshd did not answer in time');
    await pause(200);
  }
}

const scriptFailed = ({ name }: Guest, said: string) =>
  trouble('lab-machine-not-up', `The machine ${name} could not be prepared: ${said.trim()}`, {
    help: 'Take the lab down and up again; "troupe lab clean" also forgets the images and snapshots that it starts from.',
    host: name,
  });

function notUp({ folder, name }: Guest, why: string) {
  const lines = consoleEnd(folder, name);
  const end = lines.length > 0 ? lines : ['(nothing)'];
  return trouble(
    'lab-machine-not-up',
    `The machine ${name} did not come up: ${why}. The end of its console:\n${end.map((line) => `  | ${line}`).join('\n')}`,
    {
      help: 'Take the lab down and up again; "troupe lab clean" also forgets the images and snapshots that it starts from.',
      host: name,
    },
  );
}

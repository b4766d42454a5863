import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { $ } from 'zx/core';
import { trouble } from '../../diagnostics/trouble.ts';
import { livingPid, pidFile } from '../machine-files.ts';
import { type LabState, updateMachine } from '../state.ts';
import { stopMachine } from '../stop-machine.ts';

/** Processes of a lab beside its machines, whose names have no dot. */
const NETWORK = 'lab.network';
const FORWARDER = 'lab.forward';

/** Namespaces in which this user is root, and which end with their first process. */
export const UNSHARE = [
  ...['unshare', '--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child'],
] as const;

/** What stands before a command that runs in a lab's network. */
export function inside(folder: string): readonly string[] {
  const pid = livingPid(folder, NETWORK);
  if (pid === undefined)
    throw trouble('lab-not-up', 'The network of the lab is gone.', {
      help: 'Bring it up again: troupe lab up',
    });
  return [
    ...['nsenter', '--target', String(pid), '--user', '--net', '--mount', '--pid', '--preserve-credentials'],
    '--',
  ];
}

/** Address of a machine's card for the way in, in the lab's network. */
export const addressOf = (number: number): string => `10.0.2.${100 + number}`;

/** Makes what is missing of the lab's network: the namespaces, a bridge for each wire, and the way in. */
export async function openNetwork(folder: string, state: LabState, scripts: string): Promise<void> {
  if (livingPid(folder, NETWORK) === undefined) {
    // A way in to a network that is gone leads nowhere.
    await stopMachine(folder, FORWARDER);
    await startProcess(folder, NETWORK, [
      ...UNSHARE,
      ...['sh', join(scripts, 'network.sh'), pidFile(folder, NETWORK)],
    ]);
  }
  await runInside(folder, ['sh', join(scripts, 'bridges.sh'), ...Object.values(state.segments)]);
  await openForwarder(folder, state, join(scripts, 'forward.mjs'));
}

/** Runs a program in the lab's network. Throws a Trouble with its last words where it fails. */
export async function runInside(folder: string, command: readonly string[]): Promise<void> {
  const ran = await $({ nothrow: true, quiet: true })`${[...inside(folder), ...command]}`;
  if (ran.exitCode !== 0) throw networkFailed(ran.stderr);
}

const networkFailed = (said: string) =>
  trouble(
    'lab-network',
    `The lab's network could not be made: ${said.trim().split('\n').slice(-3).join('\n')}`,
    {
      help: 'Take the lab down and up again. TROUPE_LAB_DRIVER=tcg does without it, slowly.',
    },
  );

/** Starts a process in the background, and waits until it has written its process id; servers are handed over in messages. */
export async function startProcess(
  folder: string,
  name: string,
  [program = '', ...args]: readonly string[],
  handedOver: ReadonlyMap<string, Server> = new Map(),
): Promise<void> {
  const log = join(folder, `${name}.log`);
  const words = openSync(log, 'w');
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', words, words, handedOver.size > 0 ? 'ipc' : 'ignore'],
    });
  } finally {
    closeSync(words);
  }
  let ended = false;
  child.on('error', () => {
    ended = true;
  });
  child.once('exit', () => {
    ended = true;
  });
  for (const [message, server] of handedOver) child.send(message, server, () => {});
  while (livingPid(folder, name) === undefined) {
    if (ended) throw networkFailed(readFileSync(log, 'utf8'));
    await pause(10);
  }
  if (child.connected) child.disconnect();
  child.unref();
}

/** The process that leads a port on loopback to each machine. It is started anew where the machines are others. */
async function openForwarder(folder: string, state: LabState, script: string): Promise<void> {
  const machines = Object.entries(state.machines);
  const wayOf = (port: number, number: number): string => `${port}=${addressOf(number)}`;
  const wanted = machines.map(([, { port, number }]) => wayOf(port, number));
  const pid = livingPid(folder, FORWARDER);
  if (pid !== undefined) {
    const has = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word.includes('=10.0.2.'));
    if (has.join() === wanted.join()) return;
    await stopMachine(folder, FORWARDER);
  }
  const servers = new Map<string, Server>();
  try {
    for (const [name, { port, number }] of machines) {
      const server = (await tryListen(port)) ?? (await tryListen(0));
      if (!server) throw networkFailed('no port on loopback is free');
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      if (taken !== port) updateMachine(folder, name, { port: taken });
      servers.set(wayOf(taken, number), server);
    }
    const command = [process.execPath, script, pidFile(folder, FORWARDER), ...servers.keys()];
    await startProcess(folder, FORWARDER, [...inside(folder), ...command], servers);
  } finally {
    for (const server of servers.values()) server.close();
  }
}

const tryListen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

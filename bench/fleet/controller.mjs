// One run of Troupe, or of the bare client, over the fleet, and what it cost.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '../environment.mjs';

const root = new URL('../..', import.meta.url).pathname;
/** A run that takes longer hangs: so much for its start, and for each host. */
const PATIENCE_MS = { start: 60_000, host: 300 };

/** Plans or applies a playbook; answers wall time, CPU, peak memory and the recap. */
export async function run(
  folder,
  playbook,
  inventory,
  { hosts = 1, mode = 'apply', forks = 10, node = [] } = {},
) {
  const events = join(folder, 'events.jsonl');
  const argv = [mode, playbook, '-i', inventory, '--format', 'json', '--forks', String(forks)];
  const cost = await spend(folder, [...node, join(root, 'bin/troupe'), ...argv], hosts, events);
  const told = readFileSync(events, 'utf8').trimEnd();
  const recap = tryRecap(told);
  if (recap?.exit !== 0) throw new Error(`the run failed; its events are:\n${told.slice(0, 4000)}`);
  return { ...cost, recap };
}

/** The same; throws where a host was not as it should be, or was asked more than once. */
export async function measure(...how) {
  const { recap, ...cost } = await run(...how);
  const wrong = Object.entries(recap.hosts).find(([name, { ok }]) => ok !== 100 || recap.frames[name] !== 1);
  if (wrong)
    throw new Error(`not 100 unchanged tasks in one frame: ${JSON.stringify([wrong, recap.frames])}`);
  return cost;
}

/** The floor: a client that only connects to the hosts and runs `true`. */
export function measureFloor(folder, hosts, { forks = 10 } = {}) {
  const client = new URL('bare-client.mjs', import.meta.url).pathname;
  const [{ port }] = hosts;
  const addresses = hosts.map(({ address }) => address);
  return spend(folder, [client, folder, String(forks), String(port), ...addresses], hosts.length);
}

/** Runs Node on something that is about so many hosts; answers wall time, CPU and peak memory. */
async function spend(folder, argv, hosts, output = '/dev/null') {
  const usage = join(folder, 'usage.json');
  const out = openSync(output, 'w');
  const before = performance.now();
  const preload = ['--import', join(root, 'bench/fleet/usage.mjs')];
  const child = spawn(process.execPath, [...preload, ...argv], {
    stdio: ['ignore', out, 'inherit'],
    env: { ...environment, FLEET_USAGE: usage },
    timeout: PATIENCE_MS.start + PATIENCE_MS.host * hosts,
    killSignal: 'SIGKILL',
  });
  const [status, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (...how) => resolve(how));
  });
  const wallMs = performance.now() - before;
  closeSync(out);
  if (signal !== null) throw new Error(`a run was ended by ${signal} after ${Math.round(wallMs / 1000)} s`);
  if (status > 2) throw new Error(`a run ended with status ${status}`);
  return { wallMs, ...JSON.parse(readFileSync(usage, 'utf8')) };
}

function tryRecap(told) {
  try {
    return JSON.parse(told.slice(told.lastIndexOf('\n') + 1));
  } catch {
    return undefined;
  }
}

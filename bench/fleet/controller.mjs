// One run of Troupe over the fleet, and what it cost.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

/** Plans or applies a playbook; answers wall time, CPU, peak memory and the recap. */
export async function run(folder, playbook, inventory, { mode = 'apply', node = [] } = {}) {
  const usage = join(folder, 'usage.json');
  const events = join(folder, 'events.jsonl');
  const out = openSync(events, 'w');
  const before = performance.now();
  const argv = [mode, playbook, '-i', inventory, '--format', 'json'];
  const preload = ['--import', join(root, 'bench/fleet/usage.mjs')];
  const child = spawn(process.execPath, [...node, ...preload, join(root, 'bin/troupe'), ...argv], {
    stdio: ['ignore', out, 'inherit'],
    env: { ...process.env, FLEET_USAGE: usage },
  });
  await new Promise((resolve) => child.on('close', resolve));
  const wallMs = performance.now() - before;
  closeSync(out);
  const recap = JSON.parse(readFileSync(events, 'utf8').trimEnd().split('\n').at(-1));
  if (recap.exit !== 0)
    throw new Error(`the run failed; its events are:\n${readFileSync(events, 'utf8').slice(0, 4000)}`);
  return { wallMs, recap, ...JSON.parse(readFileSync(usage, 'utf8')) };
}

/** The same; throws where a host was not as it should be, or was asked more than once. */
export async function measure(...how) {
  const { recap, ...cost } = await run(...how);
  const wrong = Object.entries(recap.hosts).find(([name, { ok }]) => ok !== 100 || recap.frames[name] !== 1);
  if (wrong)
    throw new Error(`not 100 unchanged tasks in one frame: ${JSON.stringify([wrong, recap.frames])}`);
  return cost;
}

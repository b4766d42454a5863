// What a thousand hosts cost the controller, beside a client that only connects to them.
// Usage: fleet.mjs [--mode plan] [--runs N] [--hosts N,N…] [--forks N,N…] [--node OPTION]… [--dry]
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, measureFloor, run } from './controller.mjs';
import { addressOf, writeInventory, writeKeys } from './inventory.mjs';
import { perHost, tableOf } from './table.mjs';
import { writeWork } from './work.mjs';

const PROCESSES = 4;
const PORT = 40_022;
const results = new URL('../results/', import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'apply' },
    runs: { type: 'string', default: '3' },
    hosts: { type: 'string', default: '100,300,1000' },
    /** Hosts at the same time; all but the first are tried on the largest fleet only. */
    forks: { type: 'string', default: '10,50' },
    /** Given to the controller's Node, such as --cpu-prof. */
    node: { type: 'string', multiple: true, default: [] },
    /** Print only: leaves bench/results as it is. */
    dry: { type: 'boolean', default: false },
  },
});
const sizes = values.hosts.split(',').map(Number);
const runs = Number(values.runs);
const fleet = Array.from({ length: Math.max(...sizes) }, (_, at) => ({
  name: `host-${at}`,
  address: addressOf(at),
  port: PORT,
}));

const folder = mkdtempSync(join(tmpdir(), 'troupe-fleet-'));
const servers = [];
try {
  writeKeys(folder);
  const playbook = writeWork(folder, join(folder, 'managed'));
  await prepare(playbook);
  await Promise.all(shares(fleet).map(serve));
  const [forks, ...moreForks] = values.forks.split(',').map(Number);
  const measured = [];
  for (const hosts of [1, ...sizes]) measured.push(await row(playbook, hosts, forks));
  for (const more of moreForks) measured.push(await row(playbook, fleet.length, more));
  const rows = perHost(measured);
  const about = { mode: values.mode, runs, node: process.version, cpus: cpus().length, processes: PROCESSES };
  const table = tableOf(rows, about);
  process.stdout.write(table);
  if (!values.dry) {
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, 'fleet.md'), table);
    writeFileSync(join(results, 'fleet.json'), `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
  }
} finally {
  for (const server of servers) server.removeAllListeners('exit').kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Medians of Troupe and of the floor, which take turns, so that a machine that is busy for a while is so for both. */
async function row(playbook, hosts, forks) {
  const some = fleet.slice(0, hosts);
  const inventory = writeInventory(folder, some);
  const [taken, floor] = [[], []];
  for (let turn = 0; turn < runs; turn += 1) {
    taken.push(await measure(folder, playbook, inventory, { ...values, hosts, forks }));
    floor.push(await measureFloor(folder, some, { forks }));
  }
  process.stderr.write(`${hosts} hosts, ${forks} at the same time: done\n`);
  return { hosts, forks, ...medians(taken), floor: medians(floor) };
}

/** Applies the play once, by servers that then forget what they have seen: what is recorded later is unchanged. */
async function prepare(playbook) {
  const first = fleet.slice(0, 1);
  const server = await serve(first);
  await run(folder, playbook, writeInventory(folder, first));
  server.removeAllListeners('exit').kill();
  await new Promise((resolve) => server.once('exit', resolve));
}

/** The hosts of each process. */
function shares(hosts) {
  return Array.from({ length: PROCESSES }, (_, at) =>
    hosts.filter((_host, index) => index % PROCESSES === at),
  ).filter((share) => share.length > 0);
}

function serve(hosts) {
  const server = fork(new URL('serve.mjs', import.meta.url), [
    folder,
    String(PORT),
    ...hosts.map(({ address }) => address),
  ]);
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.on('message', () => resolve(server));
    server.on('exit', (code) => reject(new Error(`the fleet's servers ended with status ${code}`)));
  });
}

function medians(taken) {
  const middle = (key) => taken.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(taken.length / 2)];
  return { wallMs: middle('wallMs'), cpuMs: middle('cpuMs'), peakMiB: middle('peakMiB') };
}

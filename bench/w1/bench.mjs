// The same work by Troupe, by Ansible and by hand, on the same hosts, in one run.
// Usage: bench.mjs [--quick] [--runs N] [--hosts N,…] [--rtt MS,…] [--tools NAME,…] [--scenarios NAME,…] [--ansible-hosts N] [--all] [--dry]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layOut, startProxies, startSshds } from './hosts.mjs';
import { measure, medians } from './measure.mjs';
import { plot, requirePlotter } from './plot.mjs';
import { aboutMachine, report } from './report.mjs';
import { startUp } from './start-up.mjs';
import { ANSIBLE, TOOLS } from './tools.mjs';
import { prepareHost, treeOf, writePlaybook } from './work.mjs';

const results = new URL('../results/', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    /** A minute: without Ansible, fewer hosts, fewer runs, no results written. */
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    hosts: { type: 'string' },
    rtt: { type: 'string' },
    tools: { type: 'string' },
    scenarios: { type: 'string' },
    /** Ansible takes minutes a run: with more hosts than this it is left out. */
    'ansible-hosts': { type: 'string', default: '10' },
    /** Ansible in every cell too, which takes hours. */
    all: { type: 'boolean', default: false },
    /** Print only: leaves bench/results as it is. */
    dry: { type: 'boolean', default: false },
  },
});
const list = (text) => text.split(',');
const numbers = (text) => list(text).map(Number);
const hosts = numbers(values.hosts ?? (values.quick ? '1,10' : '1,10,50'));
const rtts = numbers(values.rtt ?? (values.quick ? '0,100' : '0,20,100'));
const runs = Number(values.runs ?? (values.quick ? 3 : 7));
const scenarios = list(values.scenarios ?? (values.quick ? 'unchanged,first' : 'unchanged,first,changed'));
const tools = list(
  values.tools ??
    Object.keys(TOOLS)
      .filter((name) => !(values.quick && ANSIBLE.includes(name)))
      .join(','),
);
/** A tool that takes longer than this is run once in a cell; a median of minutes would say no more. */
const ONCE_ABOVE_MS = 20_000;
/** More hosts than this are measured three times at most: what is left to chance is divided by their number. */
const OFTEN_UP_TO = 10;

const keepsResults = !values.quick && !values.dry;
if (keepsResults) requirePlotter();
const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'));
const delays = rtts.filter((rtt) => rtt > 0);
const fleet = layOut(folder, Math.max(...hosts), delays);
const playbook = writePlaybook(folder);
const stop = [];
try {
  stop.push(await startSshds(fleet), await startProxies(fleet, delays));
  const start = await startUp(folder, runs * 2);
  const rows = [];
  for (const cell of cells()) rows.push(...(await runCell(cell)));
  const about = { ...aboutMachine(), runs };
  const text = report({ rows, start, about });
  process.stdout.write(text);
  if (keepsResults) {
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, 'w1.md'), text);
    writeFileSync(join(results, 'w1.json'), `${JSON.stringify({ about, start, rows }, null, 1)}\n`);
    plot(rows, folder, join(results, 'w1.svg'));
  }
} finally {
  for (const end of stop) end();
  rmSync(folder, { recursive: true, force: true });
}

/** Many hosts, and those at a distance, say no more by each scenario than one does. */
function cells() {
  const mostAway = values.quick ? 1 : 10;
  return rtts.flatMap((rtt) =>
    hosts
      .filter((amount) => rtt === 0 || amount <= mostAway)
      .flatMap((amount) =>
        scenarios
          .filter(
            (scenario) => scenario === 'unchanged' || (rtt === 0 ? amount <= OFTEN_UP_TO : amount === 1),
          )
          .map((scenario) => ({ rtt, amount, scenario })),
      ),
  );
}

/** Where Ansible is measured unless --all: the cells that a ratio is quoted of. */
function ansibleRuns(name, { rtt, amount, scenario }) {
  if (values.all) return true;
  if (name !== 'pipelining') return rtt === 0 && amount === 1 && scenario === 'unchanged';
  if (rtt > 0) return false;
  return amount === 1 || (amount <= Number(values['ansible-hosts']) && scenario === 'unchanged');
}

/** All tools of a cell, turn by turn, so that a noisy minute falls on all of them. */
async function runCell(cell) {
  const place = {
    folder,
    playbook,
    hosts: fleet.slice(0, cell.amount),
    rtt: cell.rtt,
    scenario: cell.scenario,
  };
  const names = tools
    .filter((name) => TOOLS[name].works || cell.scenario === 'unchanged')
    .filter((name) => !ANSIBLE.includes(name) || ansibleRuns(name, cell));
  const taken = new Map(names.map((name) => [name, []]));
  const turns = cell.amount > OFTEN_UP_TO || cell.rtt > 0 ? Math.min(runs, 3) : runs;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of names) {
      const before = taken.get(name);
      if (before.some(({ wallMs }) => wallMs > ONCE_ABOVE_MS)) continue;
      before.push(await runTool(name, place));
    }
  }
  process.stderr.write(`${cell.amount} host(s), ${cell.rtt} ms, ${cell.scenario}: measured\n`);
  return names.map((tool) => ({ ...cell, tool, ...medians(taken.get(tool)) }));
}

/** Runs a tool once, and holds what it left on the hosts against what W1 is. */
async function runTool(name, place) {
  const { works, command, after } = TOOLS[name];
  const untouched = !works || place.scenario === 'unchanged';
  const expected = place.hosts.map((host) => {
    prepareHost(host, 'unchanged');
    const tree = treeOf(host.ownRoot, untouched);
    if (!untouched) prepareHost(host, place.scenario);
    return tree;
  });
  const cost = await measure(place.folder, command(place));
  after?.(place);
  place.hosts.forEach((host, at) => {
    if (treeOf(host.ownRoot, untouched) !== expected[at])
      throw new Error(`${name} has not left ${host.name} as W1 says it is (${place.scenario}).`);
  });
  return cost;
}

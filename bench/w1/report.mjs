// The results as Markdown.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { TOOLS } from './tools.mjs';

const fixed = (number, digits = 2) => number.toFixed(digits);
const seconds = (ms) => (ms < 9950 ? fixed(ms / 1000) : fixed(ms / 1000, 0));

/** Versions and the machine, for who reads the figures. */
export function aboutMachine() {
  const first = (program, ...args) => {
    try {
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
        '\n',
      )[0];
    } catch {
      return undefined;
    }
  };
  return {
    node: process.version,
    ansible: first('ansible', '--version'),
    cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

export function report({ rows, start, about }) {
  return [
    '# W1: a hundred tasks',
    '',
    '40 templates of about 1 KB, 20 directories with modes, 15 copies, 15 lineinfile, 10 commands with `creates`, over real',
    'sshd processes on loopback addresses, all on the one machine that the tools run on too. Troupe and Ansible read the same',
    'playbook, without facts. The floors are hand-written sh scripts of the same checks, one `ssh` a host: the plain one',
    'starts a `stat` and a `cmp` a task, the batched one a single `stat`, `sha256sum` and `grep` for all. After each run the',
    'files on every host are held against what they should be. All use curve25519-sha256 as key exchange. A round trip is',
    'emulated by a proxy that delays, the handshake of TCP included. Of the environment only what every program needs is passed on',
    '(bench/environment.mjs).',
    '',
    `Medians of ${about.runs} runs, of 3 for 50 hosts or at a distance, of one where a run takes more than 20 s; wall time, CPU of the tool's own processes (not of sshd and what`,
    'it starts), and the peak memory of the largest of them.',
    `Node ${about.node}${about.ansible ? `, ${about.ansible}` : ''}, ${about.cpus}, ${about.memoryGiB} GiB.`,
    '',
    ...startUpTable(start),
    ...cellsOf(rows).flatMap((cell) => cellTable(cell, rows)),
    ...roundTrips(rows),
  ].join('\n');
}

function startUpTable(start) {
  const node = start['node -e 0'].wallMs;
  return [
    '## Start-up',
    '',
    '| command | wall ms | ÷ `node -e 0` | peak MiB |',
    '|---|---:|---:|---:|',
    ...Object.entries(start).map(
      ([name, { wallMs, peakMiB }]) =>
        `| \`${name}\` | ${fixed(wallMs, 0)} | ${fixed(wallMs / node)} | ${fixed(peakMiB, 0)} |`,
    ),
    '',
  ];
}

const keyOf = ({ rtt, amount, scenario }) => `${scenario} ${amount} ${rtt}`;
const cellsOf = (rows) => [...new Map(rows.map((row) => [keyOf(row), row])).values()];

const TITLES = { unchanged: 'Unchanged', first: 'First run', changed: '10 of 100 changed' };

function cellTable(cell, rows) {
  const own = rows.filter((row) => keyOf(row) === keyOf(cell));
  const wallOf = (tool) => own.find((row) => row.tool === tool)?.wallMs;
  const ratio = (wallMs, tool) => (wallOf(tool) ? fixed(wallMs / wallOf(tool)) : '');
  const faster = (wallMs) => (wallOf('pipelining') ? fixed(wallOf('pipelining') / wallMs, 0) : '');
  const distance = cell.rtt === 0 ? '' : `, ${cell.rtt} ms away`;
  return [
    `## ${TITLES[cell.scenario]}, ${cell.amount} host${cell.amount === 1 ? '' : 's'}${distance}`,
    '',
    '| | wall s | ÷ batched floor | ÷ floor | times as fast as Ansible, pipelining | CPU s | peak MiB |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...own.map(
      ({ tool, wallMs, cpuMs, peakMiB }) =>
        `| ${TOOLS[tool].label} | ${seconds(wallMs)} | ${ratio(wallMs, 'batched')} | ${ratio(wallMs, 'floor')} | ${faster(wallMs)} | ${fixed(cpuMs / 1000)} | ${fixed(peakMiB, 0)} |`,
    ),
    '',
  ];
}

/** What distance adds, in round trips: the wall time more than at 0 ms, over the round trip. */
function roundTrips(rows) {
  const far = Math.max(...rows.map(({ rtt }) => rtt));
  const near = rows.filter(
    ({ rtt, amount, scenario }) => rtt === 0 && amount === 1 && scenario === 'unchanged',
  );
  const pairs = near.flatMap((row) => {
    const away = rows.find((other) => other.rtt === far && other.amount === 1 && other.tool === row.tool);
    return away && far > 0 ? [{ tool: row.tool, trips: (away.wallMs - row.wallMs) / far }] : [];
  });
  if (pairs.length === 0) return [];
  return [
    '## Round trips',
    '',
    `What ${far} ms of round trip add to an unchanged run of one host, divided by ${far} ms.`,
    '',
    '| | round trips |',
    '|---|---:|',
    ...pairs.map(({ tool, trips }) => `| ${TOOLS[tool].label} | ${fixed(trips, 1)} |`),
    '',
  ];
}

// What the lab costs by each driver that works here: the LVS-DR cluster of inventory/lab-dr.yml from bare machines, and a few
// things that its machines do all day. Usage: bench.mjs [--drivers uml,tcg] [--runs N] [--dry]
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../environment.mjs';

const results = new URL('../results/', import.meta.url).pathname;
const PLAYBOOK = 'playbooks/lvs-dr.yml';

const { values } = parseArgs({
  options: {
    drivers: { type: 'string', default: 'uml,tcg' },
    runs: { type: 'string', default: '3' },
    /** Print only: leaves bench/results as it is. */
    dry: { type: 'boolean', default: false },
  },
});
const drivers = values.drivers.split(',');
const runs = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-lab-'));
const inventory = join(folder, 'lab-bench.yml');
cpSync('inventory/lab-dr.yml', inventory);

/** Runs a program to its end, as users do; its output. An exit status that was not expected ends the bench. */
function run(command, { env = {}, expect = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', reject);
    child.on('close', (code) =>
      expect.includes(code) ? resolve(output) : reject(new Error(`${command.join(' ')}: ${code}\n${output}`)),
    );
  });
}

const troupe = (args, how) => run([process.execPath, 'bin/troupe', ...args, '-i', inventory], how);
const inGuest = (host, line) =>
  run([process.execPath, 'bin/troupe', 'lab', 'ssh', '-i', inventory, host, '--', line]);

/** Seconds that something takes. */
async function timed(act) {
  const begun = process.hrtime.bigint();
  await act();
  return Number(process.hrtime.bigint() - begun) / 1e9;
}

/** Seconds that a line takes inside a machine, by its own clock. */
async function timedInside(host, line) {
  const script = `s=$(date +%s%N); { ${line}; } >/dev/null 2>&1; echo took $(($(date +%s%N) - s))`;
  const output = await inGuest(host, `bash -c '${script}'`);
  return Number(/took (\d+)/.exec(output)?.[1]) / 1e9;
}

const APT = 'sudo apt-get -qq -y install apache2';
/** In the order in which they are done, from a lab that is down. */
const STEPS = [
  ['up: four machines', (env) => timed(() => troupe(['lab', 'up'], { env }))],
  ['plan on bare machines', () => timed(() => troupe(['plan', PLAYBOOK], { expect: [2] }))],
  ['apply', () => timed(() => troupe(['apply', PLAYBOOK]))],
  ['second plan', () => timed(() => troupe(['plan', PLAYBOOK]))],
  ['reset: back to bare', () => timed(() => troupe(['lab', 'reset']))],
  [
    'apt-get install apache2, on two at once',
    () => timed(() => Promise.all([inGuest('web1', APT), inGuest('web2', APT)])),
  ],
  ['1,000 × fork and exec', () => timedInside('client', 'for i in $(seq 1000); do /bin/true; done')],
  ['1,000 × fork', () => timedInside('client', 'for i in $(seq 1000); do (:); done')],
  [
    'a loop of bash, 300,000 times',
    () => timedInside('client', 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'),
  ],
  ['400,000 system calls', () => timedInside('client', 'dd if=/dev/zero of=/dev/null bs=1 count=200000')],
  ['ssh true, a new connection', () => timed(() => inGuest('client', 'true'))],
  ['down', () => timed(() => troupe(['lab', 'down']))],
];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Resident memory of all processes that name the lab's folder, shared pages counted once each, MiB a machine. */
async function memory() {
  const output = await run([
    'sh',
    '-c',
    'for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline 2>/dev/null | grep -q "/labs/lab-bench-" && cat $p/smaps_rollup 2>/dev/null; done | awk \'/^Pss:/ {s += $2} END {print "MiB", int(s / 1024)}\'',
  ]);
  return Number(/MiB (\d+)/.exec(output)?.[1]) / 4;
}

const measured = {};
try {
  for (const driver of drivers) {
    const env = { TROUPE_LAB_DRIVER: driver };
    // Images and boot snapshots are made before.
    await troupe(['lab', 'up'], { env });
    await troupe(['lab', 'down']);
    const seconds = Object.fromEntries(STEPS.map(([name]) => [name, []]));
    let memoryMiB = 0;
    for (let turn = 0; turn < runs; turn++)
      for (const [name, act] of STEPS) {
        if (name === 'reset: back to bare') memoryMiB = await memory();
        seconds[name].push(await act(env));
        console.error(`${driver} ${turn + 1}: ${name}: ${seconds[name].at(-1).toFixed(2)} s`);
      }
    measured[driver] = { memoryMiB, seconds };
  }
} finally {
  await troupe(['lab', 'down'], { expect: [0, 1, 3] });
  rmSync(folder, { recursive: true, force: true });
}

const [first, last] = [drivers[0], drivers.at(-1)];
const cell = (driver, name) => median(measured[driver].seconds[name]);
const rows = STEPS.map(([name]) => {
  const ratio = drivers.length > 1 ? ` ${(cell(last, name) / cell(first, name)).toFixed(1)} |` : '';
  return `| ${name} | ${drivers.map((driver) => cell(driver, name).toFixed(2)).join(' | ')} |${ratio}`;
});
const processor = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
const table = [
  `Seconds, medians of ${runs} run${runs > 1 ? 's' : ''}; ${cpus().length} processors (${processor}), Node ${process.version}, load at the end ${loadavg()[0].toFixed(1)}.`,
  '',
  `| | ${drivers.join(' | ')} |${drivers.length > 1 ? ` ${last} / ${first} |` : ''}`,
  `|---|${drivers.map(() => '---:|').join('')}${drivers.length > 1 ? '---:|' : ''}`,
  ...rows,
  `| memory of a machine after an apply, MiB | ${drivers.map((driver) => Math.round(measured[driver].memoryMiB)).join(' | ')} |${drivers.length > 1 ? ' |' : ''}`,
  '',
].join('\n');
process.stdout.write(table);
if (!values.dry) {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'lab.md'), table);
  writeFileSync(join(results, 'lab.json'), `${JSON.stringify({ runs, measured }, null, 2)}\n`);
}

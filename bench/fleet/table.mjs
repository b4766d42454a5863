// The results of the fleet as a Markdown table.
const fixed = (number, digits = 1) => number.toFixed(digits);

/** Rows of `{ hosts, wallMs, cpuMs, peakMiB }`, the first of which is the start: a run over one host. */
export function tableOf([start, ...rows], about) {
  return [
    '# A fleet, unchanged',
    '',
    `One \`troupe ${about.mode}\` of 100 tasks (40 templates, 20 directories, 15 copies, 15 lines, 10 commands) over hosts that are`,
    'all as they should be. The hosts are ssh2 servers with a scripted shell, so this is what the controller costs,',
    'connecting included. "A host" is what a run takes more than one over a single host, divided by the hosts more.',
    `Medians of ${about.runs} runs; Node ${about.node}, ${about.cpus} CPUs, shared with the ${about.processes} processes of the fleet.`,
    '',
    '| hosts | wall s | controller CPU s | CPU ms a host | peak MiB | MiB a host |',
    '|---:|---:|---:|---:|---:|---:|',
    line(start, ['', '']),
    ...rows.map((row) => line(row, [fixed(row.cpuMsPerHost), fixed(row.mibPerHost, 2)])),
    '',
    `From ${rows[0].hosts} to ${rows.at(-1).hosts} hosts, ${fixed(rows.at(-1).hosts / rows[0].hosts, 0)} times as many, CPU grows`,
    `${fixed(rows.at(-1).cpuMs / rows[0].cpuMs)} times and wall time ${fixed(rows.at(-1).wallMs / rows[0].wallMs)} times.`,
    '',
  ].join('\n');
}

const line = ({ hosts, wallMs, cpuMs, peakMiB }, [cpu, mib]) =>
  `| ${hosts} | ${fixed(wallMs / 1000, 2)} | ${fixed(cpuMs / 1000, 2)} | ${cpu} | ${fixed(peakMiB, 0)} | ${mib} |`;

/** Adds to each run what a host costs over the start. */
export const perHost = ([start, ...rows]) => [
  start,
  ...rows.map((row) => ({
    ...row,
    cpuMsPerHost: (row.cpuMs - start.cpuMs) / (row.hosts - start.hosts),
    mibPerHost: (row.peakMiB - start.peakMiB) / (row.hosts - start.hosts),
  })),
];

// The results of the fleet as a Markdown table.
const fixed = (number, digits = 1) => number.toFixed(digits);

const HEAD = [
  'hosts',
  'forks',
  'wall s',
  'CPU s',
  'CPU ms a host',
  'the same of ssh2 alone',
  'times that',
  'peak MiB',
  'MiB a host',
];

/** Rows of `{ hosts, forks, wallMs, cpuMs, peakMiB, floor }`, the first of which is the start: a run over one host. */
export function tableOf([start, ...rows], about) {
  const { forks } = start;
  const linear = rows.filter((row) => row.forks === forks);
  const [least, most] = [linear[0], linear.at(-1)];
  const more = (most.hosts - start.hosts) / (least.hosts - start.hosts);
  const grown = (key) => (most[key] - start[key]) / (least[key] - start[key]);
  return [
    '# A fleet, unchanged',
    '',
    `One \`troupe ${about.mode}\` of 100 tasks (40 templates, 20 directories, 15 copies, 15 lines, 10 commands) over hosts that are`,
    'all as they should be. The hosts are ssh2 servers with a scripted shell, so this is what the controller costs,',
    'connecting included. "A host" is what a run takes more than one over a single host, divided by the hosts more.',
    '"ssh2 alone" is the floor: a program that does nothing but connect to each host by ssh2 and run `true`, measured by turns',
    'with Troupe on the same hosts. "forks" is how many hosts are worked on at the same time.',
    `Medians of ${about.runs} runs; Node ${about.node}, ${about.cpus} CPUs, shared with the ${about.processes} processes of the fleet.`,
    '',
    `| ${HEAD.join(' | ')} |`,
    `|${HEAD.map(() => '---:').join('|')}|`,
    line(start, ['', '', '', '']),
    ...rows.map((row) =>
      line(row, [
        fixed(row.cpuMsPerHost),
        fixed(row.floor.cpuMsPerHost),
        fixed(row.cpuMsPerHost / row.floor.cpuMsPerHost),
        fixed(row.mibPerHost, 2),
      ]),
    ),
    '',
    `From ${least.hosts} to ${most.hosts} hosts, with ${forks} at the same time, there are ${fixed(more)} times as many beside the first one.`,
    `What they take grows ${fixed(grown('cpuMs'))} times in CPU, ${fixed(grown('wallMs'))} times in wall time and ${fixed(grown('peakMiB'))} times in memory.`,
    '',
  ].join('\n');
}

function line({ hosts, forks, wallMs, cpuMs, peakMiB }, [cpu, floor, times, mib]) {
  const cells = [hosts, forks, fixed(wallMs / 1000, 2), fixed(cpuMs / 1000, 2), cpu, floor, times];
  return `| ${[...cells, fixed(peakMiB, 0), mib].join(' | ')} |`;
}

/** Adds to each run, and to its floor, what a host costs over the start. */
export const perHost = ([start, ...rows]) => [
  start,
  ...rows.map((row) => ({
    ...row,
    ...costs(row, start, row.hosts - start.hosts),
    floor: { ...row.floor, ...costs(row.floor, start.floor, row.hosts - start.hosts) },
  })),
];

const costs = (of, start, hosts) => ({
  cpuMsPerHost: (of.cpuMs - start.cpuMs) / hosts,
  mibPerHost: (of.peakMiB - start.peakMiB) / hosts,
});

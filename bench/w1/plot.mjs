// The unchanged runs as a plot (SVG), by gnuplot.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from './tools.mjs';

/** Throws where it cannot be drawn, which is better known before a quarter of an hour of measuring than after it. */
export function requirePlotter() {
  if (spawnSync('gnuplot', ['--version']).status !== 0)
    throw new Error('There is no gnuplot. On Debian: apt-get install gnuplot-nox');
}

/** Wall time by number of hosts at no distance; both axes are logarithmic, as 0.2 s and 200 s are to be seen in one. */
export function plot(rows, folder, path) {
  const own = rows.filter(({ rtt, scenario }) => rtt === 0 && scenario === 'unchanged');
  const amounts = [...new Set(own.map(({ amount }) => amount))].sort((a, b) => a - b);
  const tools = [...new Set(own.map(({ tool }) => tool))];
  const data = tools.map((tool) => {
    const points = own
      .filter((row) => row.tool === tool)
      .map(({ amount, wallMs }) => `${amount} ${wallMs / 1000}`);
    return `$${nameOf(tool)} << END\n${points.join('\n')}\nEND`;
  });
  const lines = tools.map(
    (tool) =>
      `$${nameOf(tool)} with linespoints linewidth ${tool === 'troupe' ? 3 : 1.5} pointtype 7 pointsize 0.6 title "${TOOLS[tool].label.replaceAll(/[`*]/g, '')}"`,
  );
  const script = join(folder, 'plot.gp');
  writeFileSync(
    script,
    [
      'set terminal svg size 760,460 font "sans-serif,13" background "white"',
      `set output "${path}"`,
      'set title "W1, unchanged: 100 tasks on each host"',
      'set xlabel "hosts"',
      'set ylabel "wall time, s"',
      'set logscale xy',
      `set xtics (${amounts.join(', ')})`,
      `set xrange [${amounts[0] * 0.8}:${amounts.at(-1) * 1.25}]`,
      'set grid ytics linecolor "#dddddd"',
      'set key outside right top',
      ...data,
      `plot ${lines.join(', \\\n  ')}`,
      '',
    ].join('\n'),
  );
  execFileSync('gnuplot', [script], { stdio: 'inherit' });
}

const nameOf = (tool) => tool.replaceAll('-', '_');

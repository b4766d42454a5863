// One measured run, and the median of several.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '../environment.mjs';

/**
 * Runs a command under GNU time: `{ wallMs, cpuMs, peakMiB }`. CPU is the command's and that of the processes it waited
 * for; the peak is that of the largest one of them.
 */
export async function measure(folder, { argv, env = {} }) {
  const [usage, log] = [join(folder, 'usage'), join(folder, 'output.log')];
  const out = openSync(log, 'w');
  const start = performance.now();
  const child = spawn('/usr/bin/time', ['-q', '-o', usage, '-f', '%U %S %M', ...argv], {
    stdio: ['ignore', out, out],
    env: { ...environment, ...env },
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const wallMs = performance.now() - start;
  closeSync(out);
  if (code !== 0)
    throw new Error(
      `${argv.join(' ')} ended with status ${code}:\n${readFileSync(log, 'utf8').slice(-4000)}`,
    );
  const [user, system, peak] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
  return { wallMs, cpuMs: (user + system) * 1000, peakMiB: peak / 1024 };
}

/** Median by key. */
export function medians(taken) {
  const middle = (key) => {
    const sorted = taken.map((one) => one[key]).sort((a, b) => a - b);
    const half = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
  };
  return { wallMs: middle('wallMs'), cpuMs: middle('cpuMs'), peakMiB: middle('peakMiB'), runs: taken.length };
}

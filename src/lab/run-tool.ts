import { $ } from 'zx/core';
import { trouble } from '../diagnostics/trouble.ts';

/** Runs a program of this machine and answers its stdout; one that fails is a Trouble with its own last words. */
export async function runTool(program: string, ...args: readonly string[]): Promise<string> {
  const ran = await $({ nothrow: true, quiet: true })`${program} ${args}`;
  if (ran.exitCode === 0) return ran.stdout;
  const words = ran.stderr.trim().split('\n').slice(-6).join('\n');
  throw trouble('lab-program-failed', `${program} failed: ${words}`, {
    help: 'Mend what it says; "troupe lab down" takes away what this lab has made so far.',
  });
}

import { cli } from './cli/cli.ts';

export { cli };

/** Runs the command line of this process, and ends the process with its exit status. */
export async function main(): Promise<void> {
  process.exitCode = await cli(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get stdin() {
      return process.stdin;
    },
  });
  // A pooled connection or timer of a library must not keep a finished command alive; pending output is written first.
  process.stdout.write('', () => process.exit());
}

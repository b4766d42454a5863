import { cli } from './cli/cli.ts';

process.exitCode = await cli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
// A pooled connection or timer of a library must not keep a finished command alive; pending output is written first.
process.stdout.write('', () => process.exit());

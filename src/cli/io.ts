/** The outside of a command: its streams and environment. */
export interface Io {
  /** Made when first asked for, which few commands do. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** Exit statuses, the contract with people's scripts. */
export const EXIT = { done: 0, failed: 1, changes: 2, badInput: 3, interrupted: 130 } as const;

/** True where a stream wants colours: a terminal, and neither NO_COLOR nor TERM=dumb says otherwise (no-color.org). */
export const wantsColour = (stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean =>
  env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'
    ? true
    : Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';

/**
 * Lets whoever reads our output go away, as head(1) does: then nobody is told any more. What else keeps us from writing,
 * such as a full disk, is said once.
 */
export function surviveReader({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>): void {
  let said = false;
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (said || error.code === 'EPIPE') return;
    said = true;
    stderr.write(
      `error[output-lost]: The output cannot be written: ${error.message}.\n  help: What was begun is finished, nothing new is begun. Is the disk full?\n`,
    );
  });
}

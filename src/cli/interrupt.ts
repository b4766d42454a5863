import { EXIT, type Io } from './io.ts';

/**
 * Runs work that an interrupt ends in good order: the first Ctrl-C (or SIGTERM) lets what is under way finish, the second
 * ends at once.
 */
export async function untilInterrupted<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    io.stderr.write(
      '\nInterrupted: what is under way is finished, nothing new is begun. Once more to end at once.\n',
    );
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

import { EXIT, type Io } from './io.ts';

/** Longest wait, at a second interrupt, for whoever reads what was told so far, in ms. */
const LAST_WORDS_MS = 1_000;

/**
 * Runs work that an interrupt ends in good order: the first Ctrl-C (or SIGTERM) lets what is under way finish, the second
 * ends at once. So does, without a word, whoever reads our output and goes away: nobody is told any more. `flush` writes
 * what was told so far.
 */
export async function untilInterrupted<T>(
  io: Io,
  work: (signal: AbortSignal) => Promise<T>,
  flush: () => void = () => {},
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    flush();
    if (controller.signal.aborted) {
      // What is written to a pipe that is full would be lost by an exit.
      io.stdout.write('', () => process.exit(EXIT.interrupted));
      setTimeout(() => process.exit(EXIT.interrupted), LAST_WORDS_MS);
      return;
    }
    io.stderr.write(
      '\nInterrupted: what is under way is finished, nothing new is begun. Once more to end at once.\n',
    );
    controller.abort();
  };
  const unheard = (): void => controller.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  io.stdout.on('error', unheard);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    io.stdout.off('error', unheard);
  }
}

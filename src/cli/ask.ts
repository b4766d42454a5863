import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { trouble } from '../diagnostics/trouble.ts';
import type { Io } from './io.ts';

/** Asks a question that is answered by yes; anything else is no. Throws where nobody can answer. */
export async function confirm(question: string, io: Io): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, io, { hidden: false, option: '--confirm' });
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a password, which is not shown. */
export const askPassword = (question: string, io: Io): Promise<string> =>
  ask(question, io, { hidden: true, option: '--ask-become-pass' });

async function ask(question: string, io: Io, how: { hidden: boolean; option: string }): Promise<string> {
  if (!io.stdin.isTTY) {
    throw trouble('no-terminal', `${how.option} needs a terminal to ask on.`, {
      help: how.hidden
        ? 'Give the password as the variable become_password, for instance by -e @file.'
        : 'Leave the option out, or run it in a terminal.',
    });
  }
  io.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, next) => next() });
  const lines = createInterface({ input: io.stdin, output: how.hidden ? silent : io.stderr, terminal: true });
  const interrupted = new Promise<string>((resolve) => lines.once('SIGINT', () => resolve('')));
  try {
    return await Promise.race([lines.question(''), interrupted]);
  } finally {
    lines.close();
    if (how.hidden) io.stderr.write('\n');
  }
}

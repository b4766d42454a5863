import { Buffer } from 'node:buffer';
import type { Run } from '../../model/step.ts';
import { payload } from '../payload.ts';
import type { Piece } from '../piece.ts';
import { quote, quoteAll } from '../quote.ts';
import { actionPiece } from './action-piece.ts';

/** Runs a program; its environment is set by the shell, so that no secret shows in a process's arguments. */
export function runPiece(id: number, action: Run): Piece {
  const env = Object.entries(action.env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new TypeError(`${name} cannot be the name of an environment variable.`);
    return `${name}=${quote(value)}; export ${name}`;
  });
  const cwd = action.cwd === undefined ? [] : [`cd -- ${quote(action.cwd)} || exit 1`];
  const command = [...env, ...cwd, `exec ${quoteAll(action.argv)}`].join('\n');
  const body =
    action.stdin === undefined ? command : `${payload(Buffer.from(action.stdin), false)} | (\n${command}\n)`;
  return actionPiece(id, body, {
    deadlineMs: action.timeoutMs,
    ...(action.okStatus === undefined ? {} : { okStatus: action.okStatus }),
  });
}

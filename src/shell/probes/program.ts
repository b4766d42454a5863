import type { ProgramProbe } from '../../model/probe.ts';
import { type Asked, type Piece, probePiece } from '../piece.ts';
import { quote } from '../quote.ts';

const DEADLINE_MS = 30_000;

/** Looks along PATH; builtins of the shell only, no process. */
export function programPiece(parts: readonly Asked<ProgramProbe>[]): Piece {
  const script = parts.map(({ id, probe }) => `_P ${id} ${quote(probe.name)}`).join('\n');
  return probePiece(parts, script, DEADLINE_MS, (frame) => ({ id }) => {
    const path = frame.values.get(String(id));
    return path === undefined ? {} : { path };
  });
}

import type { FetchFile } from '../../model/step.ts';
import type { Piece } from '../piece.ts';
import { quote } from '../quote.ts';
import { actionPiece } from './action-piece.ts';

/** A piece that prints a file's bytes (cat), in a section of their own, which nobody keeps in memory. */
export function fetchPiece(id: number, action: FetchFile): Piece {
  const section = `f${id}`;
  const path = quote(action.from);
  const script = [
    `_b s ${section}; cat -- ${path} </dev/null; _x=$?; _b c ${section} $_x`,
    `_b s ${id}; [ "$_x" = 0 ] || _E ${quote(`${action.from} could not be read`)}; _b c ${id} $_x`,
  ].join('\n');
  return { ...actionPiece(id, ''), script, whole: [section], freight: { kind: 'down', action, section } };
}

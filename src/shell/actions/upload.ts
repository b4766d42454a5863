import { hash } from 'node:crypto';
import type { LocalFile } from '../../model/content.ts';
import type { WriteFile } from '../../model/step.ts';
import { hashOf } from '../hash-of.ts';
import { readBlock } from '../loop.ts';
import type { ByChunks, Piece } from '../piece.ts';
import { quote } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { ACTION_DEADLINE_MS, actionPiece } from './action-piece.ts';
import { appendChunk, putInPlace } from './write-file.ts';

/** The value by which a request says that it could not read its bytes to their end: what follows them is not read, either. */
export const lostKey = (id: number): string => `${id}:lost`;
/** The value by which it says that what came has another hash. */
export const otherKey = (id: number): string => `${id}:other`;

/**
 * A piece that replaces a file by one that is not held in memory. It runs in the executor itself, whose stdin the bytes
 * come on, in blocks with a line before each. What came must have the hash that was promised before it goes live.
 *
 * The temporary file is named after the path alone, so that the next run removes what a run left that was cut off by
 * force; one that is ended otherwise removes it itself.
 */
export function uploadPiece(id: number, action: WriteFile, file: LocalFile, tools: Tools): Piece {
  const { open, finish } = commands(id, action, file, tools);
  const give = 'rm -f -- "$_t"';
  const script = [
    // Where the connection is gone, a word of the shell's own on stderr would end it before it has cleaned up.
    `_b s ${id}; _x=1; if { ${open}; } </dev/null; then trap "" PIPE`,
    `while IFS=" " read -r _c _v _k && [ "$_k" != 0 ] && { ${readBlock('_v', '_k')}; } >>"$_t"; do :; done`,
    // Nobody knows how many bytes of the block are left: this shell can read no more requests.
    `if [ "$_k" != 0 ]; then ${give}; _m v ${lostKey(id)} 1; _b c ${id} 1; _b end 1; _gone; fi`,
    `trap _gone PIPE; ( ${finish} ) </dev/null; _x=$?; [ "$_x" = 0 ] || ${give}; fi`,
    `_b c ${id} "$_x"`,
  ].join('\n');
  const plain = actionPiece(id, '');
  return { ...plain, script, freight: { kind: 'up', file, byChunks: byChunks(id, action, file, tools) } };
}

function byChunks(id: number, action: WriteFile, file: LocalFile, tools: Tools): ByChunks {
  const { find, open, finish } = commands(id, action, file, tools);
  const guarded = (begin: string, end: string): Piece =>
    actionPiece(id, `${begin} || exit 1\n${end} || { rm -f -- "$_t"; exit 1; }`, {
      deadlineMs: ACTION_DEADLINE_MS,
    });
  return {
    first: guarded(open, ':'),
    chunk: (bytes) => guarded(find, appendChunk(bytes, tools)),
    last: guarded(find, `{ ${finish}; }`),
  };
}

function commands(id: number, action: WriteFile, file: LocalFile, tools: Tools) {
  const suffix = hash('sha256', action.path).slice(0, 16);
  const find = `_w ${quote(action.path)} part-${suffix}`;
  const isWhole = `case $(sha256sum <"$_t") in ${hashOf(file)}*) ;; *) _m v ${otherKey(id)} 1; false;; esac`;
  return {
    find,
    // Whatever is there, a link too, is removed and not written through.
    open: `${find} && rm -f -- "$_t" && _o`,
    finish: [isWhole, ...putInPlace(action, tools)].join(' && '),
  };
}

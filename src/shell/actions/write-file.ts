import { hash } from 'node:crypto';
import type { WriteFile } from '../../model/step.ts';
import { CHUNK_BYTES, payload } from '../payload.ts';
import type { Piece } from '../piece.ts';
import { quote } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { actionPiece } from './action-piece.ts';

/**
 * Pieces that replace a file, one a request where there are several: a long content is appended to the temporary file
 * bit by bit, and only the last piece puts it in place. A link is followed to the file it names, as Ansible does, but
 * not in a directory with the sticky bit, where others could have laid it.
 */
export function writeFilePieces(
  id: number,
  action: WriteFile,
  content: Uint8Array,
  tools: Tools,
  unique: string,
): readonly Piece[] {
  const find = `_w ${quote(action.path)} ${temporarySuffix(unique, id, action.path)} || exit 1`;
  const guarded = (commands: readonly string[]): Piece =>
    actionPiece(id, `${find}\n{ ${commands.join(' &&\n')}; } || { rm -f -- "$_t"; exit 1; }`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += CHUNK_BYTES)
    chunks.push(content.subarray(at, at + CHUNK_BYTES));
  const append = (chunk: Uint8Array): string => appendChunk(chunk, tools);
  const finish = putInPlace(action, tools);
  const first = ['_o', ...chunks.slice(0, 1).map(append)];
  if (chunks.length <= 1) return [guarded([...first, ...finish])];
  return [
    guarded(first),
    ...chunks.slice(1, -1).map((chunk) => guarded([append(chunk)])),
    guarded([...chunks.slice(-1).map(append), ...finish]),
  ];
}

/** End of a temporary file's name: nobody can guess it, and a file written in several requests has the same in each. */
export const temporarySuffix = (unique: string, id: number, path: string): string =>
  hash('sha256', `${unique} ${id} ${path}`).slice(0, 16);
/** Command that adds bytes to the temporary file. */
export const appendChunk = (chunk: Uint8Array, tools: Tools): string =>
  `{ ${payload(chunk, tools.base64)}; } >>"$_t"`;

/** Commands that make the temporary file the file: attributes, validation, fsync, rename. */
export const putInPlace = (action: WriteFile, tools: Tools): readonly string[] => [
  attributes(action),
  ...validate(action),
  ...(tools.syncFile ? ['sync -- "$_t"'] : []),
  '_z',
];

const attributes = ({ mode, owner, group }: WriteFile): string =>
  `_c ${quote(mode?.toString(8) ?? '')} ${quote(owner ?? '')} ${quote(group ?? '')}`;

/** Words of the validating program, `%s` being the temporary file. */
function validate({ validate: words }: WriteFile): readonly string[] {
  if (!words) return [];
  const word = (text: string): string => text.split('%s').map(quote).join('"$_t"');
  return [`( exec ${words.map(word).join(' ')} )`];
}

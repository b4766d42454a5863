import { payload } from '../payload.ts';
import type { Piece } from '../piece.ts';
import { quote, quoteAll } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { actionPiece } from './action-piece.ts';
import { makeDirectoryPiece, octal } from './paths.ts';
import type { Row } from './row.ts';
import { temporarySuffix } from './write-file.ts';

type Members<K extends Row['kind']> = Extract<Row, { kind: K }>['members'];

/**
 * Pieces of a row, one a member, which must stay in one frame. The first one's script does for all what nobody can see
 * yet, and sets `_y` where it went well; each member then does no more than the last bit. Otherwise each does its own work
 * alone, so that the right one fails and those before it are done.
 */
export const rowPieces = (row: Row, tools: Tools, unique: string): readonly Piece[] =>
  row.kind === 'writeFile' ? filePieces(row.members, tools, unique) : directoryPieces(row.members);

/** All temporary files are written and on the disk before the first takes its place; a member is then one `mv`. */
function filePieces(members: Members<'writeFile'>, tools: Tools, unique: string): readonly Piece[] {
  const contents = members.map(({ action }, at) => `_f${at}() { ${payload(action.content, tools.base64)}; }`);
  const sync = tools.syncFile ? '1' : "''";
  const words = members.map(({ id, action: { path, mode, owner = '', group = '' } }, at) => {
    const suffix = temporarySuffix(unique, id, path);
    return `${at} ${quoteAll([suffix, mode?.toString(8) ?? '', owner, group, path])}`;
  });
  const together = [
    ...contents,
    "_y=; _i=; _l=; _a=; _o=; trap '_D; exit 143' TERM",
    `{ ${words.map((each) => `_A ${each}`).join(' &&\n')} && _B ${sync} && _y=1; } 2>/dev/null || _D`,
  ].join('\n');
  return members.map(({ id }, at) => {
    const piece = actionPiece(id, `_O ${words[at]} ${sync}`, {
      row: { before: at === 0 ? together : '', quick: `_C ${at}`, failed: '_D' },
    });
    return at < members.length - 1 ? piece : { ...piece, script: `${piece.script}\ntrap - TERM` };
  });
}

/** One `mkdir` for all, and one `chmod` for each mode. What is certain to fail is not begun. */
function directoryPieces(members: Members<'makeDirectory'>): readonly Piece[] {
  const byMode = new Map<number, string[]>();
  for (const { action } of members) {
    if (action.mode === undefined) continue;
    byMode.set(action.mode, [...(byMode.get(action.mode) ?? []), action.path]);
  }
  const paths = quoteAll(members.map(({ action }) => action.path));
  const commands = [
    `_N ${paths}`,
    `mkdir -p -- ${paths}`,
    ...[...byMode].map(([mode, some]) => `chmod ${octal(mode)} ${some.map(quote).join(' ')}`),
  ];
  const together = `_y=; { ${commands.join(' && ')} && _y=1; } 2>/dev/null`;
  return members.map(({ id, action }, at) =>
    makeDirectoryPiece(id, action, { before: at === 0 ? together : '', quick: ':', failed: '' }),
  );
}

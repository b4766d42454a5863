import type { MakeDirectory, MakeLink, Remove, SetAttributes } from '../../model/step.ts';
import type { Piece } from '../piece.ts';
import { quote } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { actionPiece, type InRow } from './action-piece.ts';
import { refuseToRemove } from './refuse-to-remove.ts';

/** Five digits: with fewer, GNU's chmod leaves a directory's set-id bits as they are. */
export const octal = (mode: number): string => mode.toString(8).padStart(5, '0');
const owners = (owner: string | undefined, group: string | undefined): string =>
  `${quote(owner ?? '')} ${quote(group ?? '')}`;

/** Missing parents get 0755 (the loop's umask is 022). */
export function makeDirectoryPiece(id: number, action: MakeDirectory, row?: InRow): Piece {
  const path = quote(action.path);
  const lines = [
    `mkdir -p -- ${path} || exit`,
    ...(action.owner || action.group ? [`_h ${path} ${owners(action.owner, action.group)} || exit`] : []),
    ...(action.mode === undefined ? [] : [`chmod ${octal(action.mode)} ${path} || exit`]),
  ];
  return actionPiece(id, lines.join('\n'), row ? { row } : {});
}

/** Owner before mode: chown takes the setuid bit away. Of a link, only the link's own owner is set. */
export function setAttributesPiece(id: number, action: SetAttributes): Piece {
  const path = quote(action.path);
  const recurse = action.recurse ? '-R' : "''";
  const owned = action.owner || action.group;
  const lines = [
    `if [ -L ${path} ]; then ${owned ? `_h ${path} ${owners(action.owner, action.group)} -h` : ':'}; exit; fi`,
    `[ -e ${path} ] || { _E ${quote(`${action.path} does not exist`)}; exit; }`,
    ...(owned ? [`_h ${path} ${owners(action.owner, action.group)} ${recurse} || exit`] : []),
    ...(action.mode === undefined
      ? []
      : [`chmod ${action.recurse ? '-R ' : ''}${octal(action.mode)} ${path} || exit`]),
  ];
  return actionPiece(id, lines.join('\n'));
}

/** The new link is made beside and renamed over the old one. A directory that is in the way is not replaced. */
export function makeLinkPiece(id: number, action: MakeLink, suffix: string): Piece {
  const path = quote(action.path);
  const body = [
    `if [ -d ${path} ] && [ ! -L ${path} ]; then _E ${quote(`${action.path} is a directory`)}; exit; fi`,
    `_p=${path}; _t=\${_p%/*}/.troupe-${suffix}`,
    `ln -s -- ${quote(action.target)} "$_t" || exit`,
    `mv -f -T -- "$_t" "$_p" || { rm -f -- "$_t"; exit 1; }`,
  ];
  return actionPiece(id, body.join('\n'));
}

/** Never another file system, and never a directory that the system stands on. */
export function removePiece(id: number, action: Remove, tools: Tools): Piece {
  const refusal = refuseToRemove(action.path);
  if (refusal) return actionPiece(id, `_E ${quote(refusal)}`);
  const path = action.path.replace(/\/+/g, '/').replace(/\/$/, '');
  const mounted = path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const command = `rm -rf ${tools.oneFileSystem ? '--one-file-system ' : ''}-- ${quote(path)}`;
  return actionPiece(id, `! _M ${quote(path)} ${quote(mounted)} || exit 1\n${command}`);
}

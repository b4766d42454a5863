import { isLocal } from '../../model/content.ts';
import type { Action, MakeDirectory, WriteFile } from '../../model/step.ts';
import { CHUNK_BYTES } from '../payload.ts';

/** An action with the number of its part. */
export interface Numbered<A extends Action = Action> {
  readonly id: number;
  readonly action: A;
}

/** A file whose content is held in memory. */
type HeldFile = WriteFile & { readonly content: Uint8Array };

/** Actions next to each other that share processes, one at least: files that are written, or directories that are made. */
export type Row =
  | { readonly kind: 'writeFile'; readonly members: readonly Numbered<HeldFile>[] }
  | { readonly kind: 'makeDirectory'; readonly members: readonly Numbered<MakeDirectory>[] };

/** Files of one row: so many temporary files may be left behind where a host dies. */
const MOST = 64;

/** The row of actions, where they can be one. */
export function rowOf(actions: readonly Numbered[]): Row | undefined {
  if (
    actions.length === 0 ||
    actions.length > MOST ||
    new Set(actions.map(({ action }) => pathOf(action))).size < actions.length
  )
    return undefined;
  const files = actions.flatMap(({ id, action }) =>
    action.kind === 'writeFile' && isPlainFile(action) ? [{ id, action }] : [],
  );
  const bytes = files.reduce((sum, { action }) => sum + action.content.length, 0);
  if (files.length === actions.length && bytes <= CHUNK_BYTES) return { kind: 'writeFile', members: files };
  const directories = actions.flatMap(({ id, action }) =>
    action.kind === 'makeDirectory' && !action.owner && !action.group ? [{ id, action }] : [],
  );
  return directories.length === actions.length ? { kind: 'makeDirectory', members: directories } : undefined;
}

/** A program that looks at the file may look at its neighbours too, so it comes when those before are in place. */
const isPlainFile = (action: WriteFile): action is HeldFile =>
  action.validate === undefined && !isLocal(action.content);

const pathOf = (action: Action): string => ('path' in action ? action.path : '');

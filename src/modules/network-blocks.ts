import type { NetworkEntry } from './network-entry.ts';

/** What every file of ours begins with. */
export const WRITTEN = '# Written by Troupe (ip_address, route): change it there.';

/**
 * A file of ours with an entry put in (`block` is its text), or taken out (`block` undefined; where the entry names a
 * router, only if it leads there); '' where none is left. A file is a head and a block for each entry, with a blank line
 * between them; the first line of a block is the entry's key as a comment.
 */
export function withBlock(
  text: string,
  head: string,
  entry: NetworkEntry,
  block: string | undefined,
): string {
  const blocks = text
    .trim()
    .split(/\n\n+/)
    .filter((part) => part.startsWith('# ') && !part.startsWith(WRITTEN));
  const at = blocks.findIndex((part) => part.split('\n')[0] === `# ${entry.key}`);
  const other = entry.via !== undefined && !blocks[at]?.split(/[\s=]/).includes(entry.via);
  if (block === undefined && (at < 0 || other)) return text;
  const made = block === undefined ? [] : [`# ${entry.key}\n${block}`];
  const all = at < 0 ? [...blocks, ...made] : blocks.toSpliced(at, 1, ...made);
  return all.length === 0 ? '' : `${[head, ...all].join('\n\n')}\n`;
}

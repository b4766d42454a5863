import { type Probes, type StatPath, stat } from '../model/probe.ts';
import { normal } from '../shell/overlay-paths.ts';

/**
 * What is asked besides, once a path: whether it, or a directory above it, is a link. What earlier tasks do to the same
 * file under another name is seen only by who knows that.
 */
export function linksAbove(probes: Probes): readonly StatPath[] {
  const links = new Set<StatPath>();
  for (const field in probes) {
    const probe = probes[field];
    if (probe?.kind !== 'stat' && probe?.kind !== 'readFile') continue;
    for (const above of chainTo(directoryOf(normal(probe.path)))) links.add(above);
    if (probe.kind === 'readFile' || probe.follow) links.add(linkAt(probe.path));
  }
  return [...links];
}

/** The same probe for the same path, on every host: who is asked by it is found by it. Emptied when they have grown. */
const links = new Map<string, StatPath>();
const chains = new Map<string, readonly StatPath[]>();
const MOST_KEPT = 20_000;

function linkAt(path: string): StatPath {
  const known = links.get(path);
  if (known) return known;
  if (links.size >= MOST_KEPT) links.clear();
  const made = stat(path);
  links.set(path, made);
  return made;
}

/** A directory and those above it, from the top, `/` left out. */
function chainTo(directory: string): readonly StatPath[] {
  if (directory === '') return [];
  const known = chains.get(directory);
  if (known) return known;
  if (chains.size >= MOST_KEPT) chains.clear();
  const made = [...chainTo(directoryOf(directory)), linkAt(directory)];
  chains.set(directory, made);
  return made;
}

const directoryOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

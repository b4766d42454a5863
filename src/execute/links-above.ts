import type { Probes } from '../model/probe.ts';
import { stat } from '../model/probe-makers.ts';
import { normal } from '../shell/overlay-paths.ts';
import { type Question, question } from './question.ts';

/**
 * What is asked besides, once a path: whether it, or a directory above it, is a link. What earlier tasks do to the same
 * file under another name is seen only by who knows that.
 */
export function linksAbove(probes: Probes): readonly Question[] {
  const links = new Set<Question>();
  for (const field in probes) {
    const probe = probes[field];
    if (probe?.kind !== 'stat' && probe?.kind !== 'readFile') continue;
    // It has asked for what it is inside of; and it is asked for itself where that is a directory.
    if (probe.within) continue;
    for (const above of chainTo(directoryOf(normal(probe.path)))) links.add(above);
    if (probe.kind === 'readFile' || probe.follow) links.add(linkAt(probe.path));
  }
  return [...links];
}

/** The same question for the same path, on every host: who is asked by it is found by it. Emptied when they have grown. */
const links = new Map<string, Question>();
const chains = new Map<string, readonly Question[]>();
const MOST_KEPT = 20_000;

function linkAt(path: string): Question {
  const known = links.get(path);
  if (known) return known;
  if (links.size >= MOST_KEPT) links.clear();
  const made = question(stat(path));
  links.set(path, made);
  return made;
}

/** A directory and those above it, from the top, `/` left out. */
function chainTo(directory: string): readonly Question[] {
  if (directory === '') return [];
  const known = chains.get(directory);
  if (known) return known;
  if (chains.size >= MOST_KEPT) chains.clear();
  const made = [...chainTo(directoryOf(directory)), linkAt(directory)];
  chains.set(directory, made);
  return made;
}

const directoryOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

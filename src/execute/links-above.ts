import { type Probes, type StatPath, stat } from '../model/probe.ts';
import { ancestors, normal } from '../shell/overlay-paths.ts';

/**
 * What a dry run asks besides, once a path: whether it, or a directory above it, is a link. What earlier tasks do to the
 * same file under another name is seen only by who knows that.
 */
export function linksAbove(probes: Probes): readonly StatPath[] {
  const paths = Object.values(probes).flatMap((probe) => {
    if (probe.kind !== 'stat' && probe.kind !== 'readFile') return [];
    return [...ancestors(normal(probe.path)), ...(isFollowed(probe) ? [probe.path] : [])];
  });
  return [...new Set(paths)].map((path) => stat(path));
}

const isFollowed = (probe: Probes[string]): boolean =>
  probe.kind === 'readFile' || (probe.kind === 'stat' && probe.follow === true);

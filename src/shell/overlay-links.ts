import { ancestors, join, normal } from './overlay-paths.ts';

/** As many as Linux follows (MAXSYMLINKS). */
const MOST_HOPS = 40;

/** A link that is known; `isNew`: it is made in this run. */
export interface Link {
  readonly target: string;
  readonly isNew: boolean;
}

/** Where a path leads, and the last link of this run on the way. */
export interface Located {
  readonly path: string;
  readonly through: string | undefined;
  /** Its links lead in a circle: there is nothing. */
  readonly loops: boolean;
}

/** A path with all links followed that `linkAt` knows. */
export function followed(path: string, linkAt: (path: string) => Link | undefined): Located {
  let current = normal(path);
  let through: string | undefined;
  for (let hops = 0; hops < MOST_HOPS; hops += 1) {
    const name = [...ancestors(current), current].find((one) => linkAt(one) !== undefined);
    const link = name === undefined ? undefined : linkAt(name);
    if (name === undefined || link === undefined) return { path: current, through, loops: false };
    if (link.isNew) through = name;
    current = normal(join(join(name, '..'), link.target) + current.slice(name.length));
  }
  return { path: current, through, loops: true };
}

import type { Found, Probe, Probes } from '../model/probe.ts';
import type { Action, Step } from '../model/step.ts';
import type { Overlay } from '../shell/overlay.ts';
import { ancestors, isBelow, normal } from '../shell/overlay-paths.ts';

/** Paths that members of a request look at and that were not inspected again yet. */
export class Looked {
  readonly #overlay: Overlay;
  readonly #paths = new Set<string>();
  /** Of these, where nothing was seen: to make a directory below one makes it, too. */
  readonly #absent = new Set<string>();

  /** `overlay` knows where links lead. */
  constructor(overlay: Overlay) {
    this.#overlay = overlay;
  }

  add(probes: Probes, found: Found<Probes>): void {
    for (const [field, probe] of Object.entries(probes)) {
      const paths = this.#pathsOf(probe);
      for (const path of paths) this.#paths.add(path);
      const answer = found[field];
      if (answer && 'exists' in answer && !answer.exists) for (const path of paths) this.#absent.add(path);
    }
  }

  clear(): void {
    this.#paths.clear();
    this.#absent.clear();
  }

  /** True where steps change what is looked at. */
  isTouchedBy(steps: readonly Step[]): boolean {
    return steps.some(({ action }) => action !== undefined && this.#touches(action));
  }

  #touches(action: Action): boolean {
    if (!('path' in action)) return true;
    const written = action.kind === 'writeFile';
    const paths = this.#pathsOf({ kind: 'stat', path: action.path, follow: written });
    return paths.some((path) => {
      if (this.#paths.has(path)) return true;
      if (action.kind === 'makeDirectory') return ancestors(path).some((one) => this.#absent.has(one));
      const goesDeep =
        action.kind === 'remove' ||
        action.kind === 'makeLink' ||
        (action.kind === 'setAttributes' && action.recurse === true);
      return goesDeep && [...this.#paths].some((one) => isBelow(one, path));
    });
  }

  /** As it is written, and where it leads. */
  #pathsOf(probe: Probe): readonly string[] {
    if (!('path' in probe)) return [];
    const plain = normal(probe.path);
    const real = this.#overlay.behind(probe) ?? plain;
    return real === plain ? [plain] : [plain, real];
  }
}

import { type Content, isLocal, sizeOf } from '../model/content.ts';
import type { FileRead, ReadFile, Stat } from '../model/probe.ts';
import type { Action } from '../model/step.ts';
import { type Unknown, unknown } from '../model/value.ts';
import { type Attributes, made, merge, NOT_KNOWN, pick } from './overlay-attributes.ts';
import { followed, type Link, type Located } from './overlay-links.ts';
import { type Node, readOf, withAttributes } from './overlay-nodes.ts';
import { ancestors, isBelow, join, normal } from './overlay-paths.ts';

const ABSENT: Stat = { exists: false };

/** The part of the overlay that knows files: what they would be after the actions so far. Paths are absolute. */
export class OverlayFiles {
  readonly #nodes = new Map<string, Node>();
  /** Removed with all that was below, in the host's own tree. */
  readonly #cleared = new Set<string>();
  /** Mount points of this run, with the reason why it is not known what is there. */
  readonly #covers = new Map<string, string>();
  /** Paths below those, of which something else declares what they are by now. */
  readonly #uncovered = new Set<string>();
  /** Links that the host has, as far as it was asked. */
  readonly #hostLinks = new Map<string, string>();
  /** False while no link is known at all: then a path is what it says, and nothing has to be followed. */
  #hasLinks = false;
  /** Where each action did something, and when. */
  readonly #touched: { readonly path: string; readonly at: number }[] = [];
  readonly #recursive: { readonly path: string; readonly attributes: Attributes }[] = [];

  /** `user` is who acts: the owner of what is new. Actions that touch no file do nothing here. */
  apply(action: Action, user: string, at = 0): void {
    const { path } = 'path' in action ? this.#locate(action.path) : { path: '' };
    // As on the host: a link stays, and the file that it names is replaced.
    if (action.kind === 'writeFile') this.#write(this.#resolve(path).path, action.content, action, user);
    if (action.kind === 'makeDirectory') this.#makeDirectory(path, action, user);
    // Of a link only its own owner is set, of which nothing is kept here.
    if (action.kind === 'setAttributes' && !this.#linkAt(path)) this.#setAttributes(path, action);
    if (action.kind === 'makeLink') {
      this.#nodes.set(path, { kind: 'link', target: action.target });
      this.#hasLinks = true;
    }
    if (action.kind === 'remove') this.#remove(path);
    if ('path' in action) this.#touched.push({ path: this.#resolve(path).path, at });
  }

  /** The host has a link: what is done through it is done to what it names. */
  learn(path: string, target: string): void {
    const { path: real, through } = this.#locate(path);
    if (through === undefined) this.#hostLinks.set(real, target);
    this.#hasLinks = true;
  }

  /** Forgets what was made of a path: something else declares what it is now. */
  forget(path: string): void {
    const { path: real } = this.#locate(path);
    this.#nodes.delete(real);
    if (this.#isCleared(real)) this.#uncovered.add(real);
  }

  /** Something is mounted over a path. */
  cover(path: string, reason: string, at: number): void {
    const { path: real } = this.#resolve(path);
    for (const name of [...this.#nodes.keys()])
      if (name === real || isBelow(name, real)) this.#nodes.delete(name);
    this.#covers.set(real, reason);
    this.#touched.push({ path: real, at });
  }

  /** Why nobody knows what is at a path: it is below something that is mounted in this run. */
  coverOf(path: string): string | undefined {
    if (this.#covers.size === 0) return undefined;
    const { path: real } = this.#locate(path);
    const cover = [real, ...ancestors(real)].find((name) => this.#covers.has(name));
    return cover === undefined ? undefined : this.#covers.get(cover);
  }

  /** True where something at or below a path was touched after a time. */
  isTouched(path: string, since: number): boolean {
    const { path: real } = this.#resolve(path);
    return this.#touched.some((one) => one.at > since && (one.path === real || isBelow(one.path, real)));
  }

  /** True where a file or directory of this run is at a path. */
  makes(path: string): boolean {
    const node = this.#nodes.get(this.#resolve(path).path);
    return node?.kind === 'file' || node?.kind === 'directory';
  }

  /** True where a directory of this run is at a path. */
  makesDirectory(path: string): boolean {
    return this.#nodes.get(this.#resolve(path).path)?.kind === 'directory';
  }

  /** A path with its links followed that are known; the last part only with `follow`. */
  behind(path: string, follow: boolean): string {
    return (follow ? this.#resolve(path) : this.#locate(path)).path;
  }

  /** True where the actions so far decide alone what is at a path; `follow`: at the end of its links. */
  decides(path: string, follow: boolean): boolean {
    return this.#decides(this.behind(path, follow));
  }

  /** Bytes that a file would have; undefined where the actions so far do not say, null where it would be absent. */
  content(path: string): Uint8Array | null | undefined {
    const { path: real } = this.#resolve(path);
    const node = this.#nodes.get(real);
    if (node?.kind === 'file') return isLocal(node.content) ? undefined : node.content;
    return this.#decides(real) ? null : undefined;
  }

  patchStat(path: string, follow: boolean, base: Stat): Stat | Unknown {
    const { path: real, through, loops } = follow ? this.#resolve(path) : this.#locate(path);
    if (loops) return ABSENT;
    if (through === undefined) return this.#over(real, base);
    return this.#decides(real) ? this.#over(real, ABSENT) : notYet(through);
  }

  patchRead(probe: ReadFile, base: FileRead): FileRead | Unknown {
    const { path: real, through, loops } = this.#resolve(probe.path);
    const node = this.#nodes.get(real);
    if (loops) return { exists: false };
    if (node?.kind === 'directory') return { exists: true };
    if (node?.kind === 'file') return readOf(node.content, probe);
    if (this.#decides(real)) return { exists: false };
    return through === undefined ? base : notYet(through);
  }

  #write(path: string, content: Content, given: Attributes, user: string): void {
    const before = this.#nodes.get(path);
    const fresh = this.#isFresh(path, before);
    const kept = before && 'attributes' in before ? before.attributes : {};
    const maker = before?.kind === 'file' ? before.user : user;
    this.#nodes.set(path, { kind: 'file', content, fresh, user: maker, attributes: merge(kept, given) });
  }

  #makeDirectory(path: string, given: Attributes, user: string): void {
    for (const parent of ancestors(path)) {
      const node = this.#nodes.get(parent);
      if (node && node.kind !== 'absent') continue;
      const fresh = this.#isFresh(parent, node);
      this.#nodes.set(parent, { kind: 'directory', fresh, user, attributes: {} });
    }
    const before = this.#nodes.get(path);
    const fresh = this.#isFresh(path, before);
    const kept = before && 'attributes' in before ? before.attributes : {};
    const maker = before?.kind === 'directory' ? before.user : user;
    this.#nodes.set(path, { kind: 'directory', fresh, user: maker, attributes: merge(kept, given) });
  }

  #setAttributes(path: string, given: Attributes & { readonly recurse?: boolean }): void {
    const recurse = given.recurse === true;
    for (const [name, node] of this.#nodes) {
      if (name === path || (recurse && isBelow(name, path)))
        this.#nodes.set(name, withAttributes(node, given));
    }
    if (!this.#nodes.has(path)) this.#nodes.set(path, { kind: 'altered', attributes: pick(given) });
    if (recurse) this.#recursive.push({ path, attributes: pick(given) });
  }

  #remove(path: string): void {
    for (const name of this.#nodes.keys()) if (isBelow(name, path)) this.#nodes.delete(name);
    for (const name of this.#uncovered)
      if (name === path || isBelow(name, path)) this.#uncovered.delete(name);
    this.#nodes.set(path, { kind: 'absent' });
    this.#cleared.add(path);
  }

  #over(path: string, base: Stat): Stat {
    const node = this.#nodes.get(path);
    const below = this.#isCleared(path) ? ABSENT : this.#recursed(path, base);
    if (!node) return below;
    switch (node.kind) {
      case 'absent':
        return ABSENT;
      case 'link':
        return { ...made('link', { mode: 0o777 }, node.target.length, 'root'), target: node.target };
      case 'altered':
        return below.exists ? made(below.type, node.attributes, below.size, 'root', below) : ABSENT;
      default: {
        if (!node.fresh && below.exists && below.type === 'link') return below;
        const old = !node.fresh && below.exists && below.type === node.kind ? below : undefined;
        const size = node.kind === 'file' ? sizeOf(node.content) : (old?.size ?? NOT_KNOWN);
        const stat = made(node.kind, node.attributes, size, node.user, old);
        return node.kind === 'file' ? { ...stat, mtime: NOT_KNOWN } : stat;
      }
    }
  }

  #recursed(path: string, base: Stat): Stat {
    if (!base.exists) return base;
    let result = base;
    for (const { path: root, attributes } of this.#recursive) {
      if (isBelow(path, root)) result = made(result.type, attributes, result.size, 'root', result);
    }
    return result;
  }

  #isFresh(path: string, before: Node | undefined): boolean {
    if (!before) return this.#isCleared(path);
    if (before.kind === 'file' || before.kind === 'directory') return before.fresh;
    return before.kind !== 'altered';
  }

  #isCleared(path: string): boolean {
    if (this.#cleared.size === 0 || this.#uncovered.has(path)) return false;
    return this.#cleared.has(path) || ancestors(path).some((parent) => this.#cleared.has(parent));
  }

  #decides(path: string): boolean {
    const node = this.#nodes.get(path);
    if (node?.kind === 'directory') return node.fresh;
    return node ? node.kind !== 'altered' : this.#isCleared(path);
  }

  /** A path with the links of its directories followed. */
  #locate(path: string): Located {
    const clean = normal(path);
    const slash = clean.lastIndexOf('/');
    if (slash <= 0) return { path: clean, through: undefined, loops: false };
    const directory = this.#resolve(clean.slice(0, slash));
    return { ...directory, path: join(directory.path, clean.slice(slash + 1)) };
  }

  /** A path with all links followed that are known: those of this run, and those that the host told of. */
  #resolve(path: string): Located {
    if (!this.#hasLinks) return { path: normal(path), through: undefined, loops: false };
    return followed(path, (name) => this.#linkAt(name));
  }

  #linkAt(path: string): Link | undefined {
    const node = this.#nodes.get(path);
    if (node?.kind === 'link') return { target: node.target, isNew: true };
    const target = node || this.#isCleared(path) ? undefined : this.#hostLinks.get(path);
    return target === undefined ? undefined : { target, isNew: false };
  }
}

const notYet = (link: string): Unknown => unknown(`it is behind the link ${link}, which is made in this run`);

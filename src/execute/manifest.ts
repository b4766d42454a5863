import { fault } from '../diagnostics/trouble.ts';
import type { Shell } from '../model/host.ts';
import type { FileRead } from '../model/probe.ts';
import { readFile } from '../model/probe-makers.ts';
import type { Diagnostic } from '../model/source.ts';
import type { Action } from '../model/step.ts';
import type { Absence } from '../modules/module.ts';

/** By playbook and role: what takes away what they manage. */
type Kept = Readonly<Record<string, Readonly<Record<string, readonly Absence[]>>>>;

/**
 * What roles with `prune: true` manage on a host, kept in its state directory: an entry is written down before the change
 * that it is for, and struck out once what it stands for is gone.
 */
export class Manifest {
  readonly #playbook: string;
  readonly #mentioned = new Map<string, Map<string, Absence>>();
  /** Roles with a task of which a dry run cannot tell what it manages, and why. */
  readonly open = new Map<string, string>();
  #kept: Kept = {};
  #path = '';

  constructor(playbook: string) {
    this.#playbook = playbook;
  }

  /** Reads what is kept on the host; once. Answers what is wrong with it. */
  async read(shell: Shell): Promise<Diagnostic | undefined> {
    if (this.#path !== '') return undefined;
    this.#path = `${shell.stateDirectory}/manifest.json`;
    const probe = readFile(this.#path);
    const { answers } = await shell.send({ parts: [{ kind: 'probe', id: 0, probe }] });
    const answer = answers.get(0);
    const content = answer && 'content' in answer ? (answer as FileRead).content : undefined;
    try {
      if (content) this.#kept = JSON.parse(new TextDecoder().decode(content)) as Kept;
      return undefined;
    } catch {
      return fault('manifest-broken', `${this.#path} on the host is no JSON.`, {
        help: 'It says what roles with "prune: true" manage. Mend it, or remove it: then nothing is pruned this time.',
      });
    }
  }

  /** A role manages something: it is written down before it is made. */
  mention(role: string, entry: Absence): void {
    const own = this.#mentioned.get(role) ?? new Map<string, Absence>();
    own.set(keyOf(entry), entry);
    this.#mentioned.set(role, own);
  }

  /**
   * Entries of a role that nobody mentions any more (`managed` has what other tasks of this run do), the last ones first:
   * what was made upon others goes before them.
   */
  stale(role: string, managed: ReadonlySet<string>): readonly Absence[] {
    const mentioned = new Set(managed);
    const elsewhere = Object.entries(this.#kept)
      .filter(([playbook]) => playbook !== this.#playbook)
      .flatMap(([, roles]) => Object.values(roles).flat().map(keyOf));
    for (const key of elsewhere) mentioned.add(key);
    return this.#own(role)
      .filter((entry) => !mentioned.has(keyOf(entry)))
      .toReversed();
  }

  /** Actions that write down what a role has mentioned so far, if that is not kept yet. */
  keep(role: string): readonly Action[] {
    const kept = new Map(this.#own(role).map((entry) => [keyOf(entry), entry]));
    const before = kept.size;
    for (const [key, entry] of this.#mentioned.get(role) ?? []) kept.set(key, entry);
    return kept.size === before ? [] : this.#write(role, [...kept.values()]);
  }

  /** Actions that leave just what a role has mentioned in this run. */
  close(role: string): readonly Action[] {
    const mentioned = [...(this.#mentioned.get(role)?.values() ?? [])];
    const same = JSON.stringify(mentioned) === JSON.stringify(this.#own(role));
    return same ? [] : this.#write(role, mentioned);
  }

  #own(role: string): readonly Absence[] {
    return this.#kept[this.#playbook]?.[role] ?? [];
  }

  #write(role: string, entries: readonly Absence[]): readonly Action[] {
    this.#kept = { ...this.#kept, [this.#playbook]: { ...this.#kept[this.#playbook], [role]: entries } };
    const content = new TextEncoder().encode(`${JSON.stringify(this.#kept, undefined, 1)}\n`);
    const directory = this.#path.slice(0, this.#path.lastIndexOf('/'));
    return [
      { kind: 'makeDirectory', path: directory, mode: 0o700 },
      { kind: 'writeFile', path: this.#path, content, mode: 0o600 },
    ];
  }
}

/** Tells one thing from others. */
export const keyOf = ({ module, params }: Absence): string => JSON.stringify([module, params]);

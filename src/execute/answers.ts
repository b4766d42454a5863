import type { Answer, Probe, ProbeFailure } from '../model/probe.ts';

/** An answer with its question. */
export interface Answered {
  readonly user: string | undefined;
  readonly probe: Probe;
  readonly answer: Answer | ProbeFailure;
}

/** What a host answered, by user and probe. Answers hold until the next action on the host. */
export class Answers {
  readonly #known = new Map<string, Answered>();
  /** The same by the very probe that was asked: whoever asked comes back for its answer, and needs no key for it. */
  readonly #asked = new Map<Probe, Answered>();

  get(user: string | undefined, probe: Probe): Answer | ProbeFailure | undefined {
    const asked = this.#asked.get(probe);
    if (asked && asked.user === user) return asked.answer;
    return this.#known.get(keyOf(user, probe))?.answer;
  }

  put(user: string | undefined, probe: Probe, answer: Answer | ProbeFailure): void {
    const key = keyOf(user, probe);
    const before = this.#known.get(key);
    if (before) this.#asked.delete(before.probe);
    const answered = { user, probe, answer };
    this.#known.set(key, answered);
    this.#asked.set(probe, answered);
  }

  clear(): void {
    this.#known.clear();
    this.#asked.clear();
  }

  [Symbol.iterator](): Iterator<Answered> {
    return this.#known.values();
  }
}

/** The key that was made last: whoever looks whether a probe is known asks for its key next. */
let last: { readonly probe: Probe; readonly user: string | undefined; readonly key: string } | undefined;

/** What tells a probe of a user from others. Made of the fields by hand, which costs less than JSON. */
export function keyOf(user: string | undefined, probe: Probe): string {
  if (last?.probe === probe && last.user === user) return last.key;
  let key = user ?? '';
  const fields = probe as unknown as Readonly<Record<string, unknown>>;
  for (const field in fields) {
    const value = fields[field];
    if (value !== undefined)
      key += `\0${field}\0${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  }
  last = { probe, user, key };
  return key;
}

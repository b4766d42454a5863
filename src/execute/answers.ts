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

  get(user: string | undefined, probe: Probe): Answer | ProbeFailure | undefined {
    return this.#known.get(keyOf(user, probe))?.answer;
  }

  put(user: string | undefined, probe: Probe, answer: Answer | ProbeFailure): void {
    this.#known.set(keyOf(user, probe), { user, probe, answer });
  }

  clear(): void {
    this.#known.clear();
  }

  [Symbol.iterator](): Iterator<Answered> {
    return this.#known.values();
  }
}

/** Texts of probes: each is asked for several times, and its text is as long as what it expects. */
const texts = new WeakMap<Probe, string>();

/** What tells a probe of a user from others. */
export function keyOf(user: string | undefined, probe: Probe): string {
  const known = texts.get(probe);
  const text = known ?? JSON.stringify(probe);
  if (known === undefined) texts.set(probe, text);
  return user === undefined ? text : `${user}\0${text}`;
}

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

const keyOf = (user: string | undefined, probe: Probe): string => `${user ?? ''}\0${JSON.stringify(probe)}`;

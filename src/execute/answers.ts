import type { Answer, Probe, ProbeFailure } from '../model/probe.ts';
import type { Question } from './question.ts';

/** An answer with its question. */
export interface Answered {
  readonly user: string | undefined;
  readonly probe: Probe;
  readonly answer: Answer | ProbeFailure;
}

/** What a host answered, by user and question. Answers hold until the next action on the host. */
export class Answers {
  readonly #known = new Map<string | undefined, Map<string, Answered>>();

  get(user: string | undefined, { key }: Question): Answer | ProbeFailure | undefined {
    return this.#known.get(user)?.get(key)?.answer;
  }

  put(user: string | undefined, { key, probe }: Question, answer: Answer | ProbeFailure): void {
    let own = this.#known.get(user);
    if (!own) {
      own = new Map();
      this.#known.set(user, own);
    }
    own.set(key, { user, probe, answer });
  }

  clear(): void {
    this.#known.clear();
  }

  *[Symbol.iterator](): Iterator<Answered> {
    for (const own of this.#known.values()) yield* own.values();
  }
}

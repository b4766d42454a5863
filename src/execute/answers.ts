import type { Answer, Probe, ProbeFailure } from '../model/probe.ts';

/** What a host answered, by user and probe. Answers hold until the next action on the host. */
export class Answers {
  readonly #known = new Map<string, Answer | ProbeFailure>();

  get(user: string | undefined, probe: Probe): Answer | ProbeFailure | undefined {
    return this.#known.get(keyOf(user, probe));
  }

  put(user: string | undefined, probe: Probe, answer: Answer | ProbeFailure): void {
    this.#known.set(keyOf(user, probe), answer);
  }

  clear(): void {
    this.#known.clear();
  }
}

const keyOf = (user: string | undefined, probe: Probe): string => `${user ?? ''}\0${JSON.stringify(probe)}`;

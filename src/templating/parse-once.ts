/** Parsed texts by what was parsed: whatever number of tasks and hosts use a text, it is parsed once in a run. */
export class ParseOnce<T> {
  readonly #parse: (text: string) => T;
  readonly #parsed = new Map<string, T>();
  #parsings = 0;

  /** `parse` throws what it has against a text; such a text is parsed anew each time. */
  constructor(parse: (text: string) => T) {
    this.#parse = parse;
  }

  of(text: string): T {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    this.#parsings++;
    const parsed = this.#parse(text);
    this.#parsed.set(text, parsed);
    return parsed;
  }

  /** How often something was parsed by now. */
  get parsings(): number {
    return this.#parsings;
  }
}

import type { Place } from '../model/source.ts';

/** Turns offsets into places. Offsets are asked for nearly in order, so that each line of a text is looked at once. */
export class Places {
  readonly #text: string;
  readonly #file: string;
  #line = 1;
  #start = 0;
  /** Where the next line starts; infinite in the last one. */
  #next: number;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#next = this.#lineAfter(0);
  }

  /** The place of an offset into the text. */
  at(offset: number): Place {
    if (offset < this.#start) this.#enter(1, 0);
    while (offset >= this.#next) this.#enter(this.#line + 1, this.#next);
    return { file: this.#file, line: this.#line, column: offset - this.#start + 1 };
  }

  #enter(line: number, start: number): void {
    this.#line = line;
    this.#start = start;
    this.#next = this.#lineAfter(start);
  }

  #lineAfter(offset: number): number {
    const end = this.#text.indexOf('\n', offset);
    return end < 0 ? Number.POSITIVE_INFINITY : end + 1;
  }
}

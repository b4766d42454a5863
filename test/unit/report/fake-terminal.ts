import { PassThrough } from 'node:stream';

const PIECE = /\x1b\[(\??)(\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]/gu;

/** A terminal of which tests can see the screen. It knows just the sequences that the live report uses. */
export class FakeTerminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly columns: number;
  readonly rows: number;
  cursorShown = true;
  readonly unknown: string[] = [];
  #lines: string[][] = [[]];
  /** Rows that go on in the next one. */
  readonly #wrapped = new Set<string[]>();
  #x = 0;
  #y = 0;
  #wraps = true;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
    this.stdout = this.#stream();
    this.stderr = this.#stream();
  }

  /** Everything that was ever shown and not erased, with wrapped lines whole. */
  get text(): string {
    return this.#lines
      .map((line) => line.join('') + (this.#wrapped.has(line) ? '' : '\n'))
      .join('')
      .trimEnd();
  }

  /** The rows that are on the screen. */
  get screen(): string {
    return this.#lines
      .slice(-this.rows)
      .map((line) => line.join('').trimEnd())
      .join('\n');
  }

  #stream(): NodeJS.WriteStream {
    const { columns, rows } = this;
    const write = (text: string): boolean => {
      this.#take(text);
      return true;
    };
    return Object.assign(new PassThrough(), {
      isTTY: true,
      columns,
      rows,
      write,
    }) as unknown as NodeJS.WriteStream;
  }

  #take(text: string): void {
    for (const [piece, , number, letter] of text.matchAll(PIECE)) {
      if (letter !== undefined) this.#control(piece, Number(number || 1));
      else if (piece === '\r') this.#x = 0;
      else if (piece === '\n') this.#newLine();
      else this.#put(piece);
    }
  }

  #control(sequence: string, count: number): void {
    if (sequence === '\x1b[?25h' || sequence === '\x1b[?25l') this.cursorShown = sequence.endsWith('h');
    else if (sequence === '\x1b[?7h' || sequence === '\x1b[?7l') this.#wraps = sequence.endsWith('h');
    else if (sequence === '\x1b[J') {
      this.#lines = this.#lines.slice(0, this.#y + 1);
      this.#line().splice(this.#x);
    } else if (sequence === '\x1b[K') {
      this.#line().splice(this.#x);
    } else if (sequence.endsWith('A')) {
      this.#y = Math.max(this.#lines.length - this.rows, 0, this.#y - count);
    } else this.unknown.push(sequence);
  }

  #newLine(): void {
    this.#x = 0;
    this.#y += 1;
    if (this.#y === this.#lines.length) this.#lines.push([]);
  }

  #put(letter: string): void {
    if (this.#x >= this.columns) {
      if (this.#wraps) {
        this.#wrapped.add(this.#line());
        this.#newLine();
      } else this.#x = this.columns - 1;
    }
    const line = this.#line();
    while (line.length < this.#x) line.push(' ');
    line[this.#x] = letter;
    this.#x += 1;
  }

  #line(): string[] {
    return this.#lines[this.#y] ?? [];
  }
}

import { ProcessOutputStream } from 'listr2';

/** The blank matters: tmux saves what is erased from the very first cell of the screen in its history. */
const ERASE_DOWN = '\r \x1b[J\r\x1b[K';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';

/** The outside that live output needs of a terminal. */
export interface TerminalStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * The bottom of a terminal that is drawn again and again, with permanent text above it. Between two drawings the cursor
 * stands at the top of the drawn part: erasing then needs no count of lines, which a resize would falsify. Its first
 * line is best blank, for keys that are echoed there. What others write to stderr meanwhile is kept back until the next
 * drawing, and stays above it.
 */
export class Terminal {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: ProcessOutputStream;
  readonly #write: (text: string) => void;
  #open = true;

  constructor({ stdout, stderr }: TerminalStreams) {
    this.#stdout = stdout;
    this.#write = (text) => void stdout.write(text);
    this.#stderr = new ProcessOutputStream(stderr);
    this.#stderr.hijack();
    process.on('SIGTSTP', this.#suspend);
  }

  get columns(): number {
    return this.#stdout.columns || 80;
  }

  get rows(): number {
    return this.#stdout.rows || 24;
  }

  /** Replaces the drawn part; the permanent text comes above it and ends with a newline. */
  draw(permanent: string, lines: readonly string[]): void {
    this.#eraseDrawn();
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : '';
    const drawn = `${WRAP_OFF}${lines.join('\r\n')}${WRAP_ON}\r${up}`;
    this.#write(`${permanent}${HIDE_CURSOR}${drawn}`);
  }

  /** Takes the drawn part away and gives the terminal back. */
  close(permanent: string): void {
    if (!this.#open) return;
    this.#open = false;
    process.off('SIGTSTP', this.#suspend);
    this.#eraseDrawn();
    this.#stderr.release();
    this.#write(`${permanent}${SHOW_CURSOR}`);
  }

  /** Erases the drawn part, and writes above it what came to stderr meanwhile. */
  #eraseDrawn(): void {
    this.#write(ERASE_DOWN);
    const strays = this.#stderr
      .release()
      .map(({ entry }) => entry)
      .join('');
    if (strays !== '') this.#stderr.write(strays.endsWith('\n') ? strays : `${strays}\n`);
    this.#stderr.hijack();
  }

  /** Ctrl-Z: the shell gets a clean terminal; the next drawing begins anew. */
  readonly #suspend = (): void => {
    this.#eraseDrawn();
    this.#write(SHOW_CURSOR);
    process.kill(process.pid, 'SIGSTOP');
  };
}

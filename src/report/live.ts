import { Spinner } from 'listr2';
import type { Event } from '../model/event.ts';
import { type Paint, paintWith } from './paint.ts';
import { PlainReport } from './plain.ts';
import { Progress } from './progress.ts';
import { renderProgress } from './render-progress.ts';
import { Terminal, type TerminalStreams } from './terminal.ts';

/** Shortest time between two drawings. */
const FRAME_MS = 100;

/** Tells a run on a terminal: what the plain report tells, and below it who is at work. Nothing of that part is left. */
export class LiveReport {
  readonly #streams: TerminalStreams;
  readonly #plain: PlainReport;
  readonly #paint: Paint;
  readonly #progress = new Progress();
  readonly #spinner = new Spinner();
  #terminal: Terminal | undefined;
  #mode: 'plan' | 'apply' = 'plan';
  #startedMs = 0;
  /** Text of the plain report that is not on the terminal yet. */
  #permanent = '';

  constructor(options: TerminalStreams & { readonly colour: boolean; readonly verbose: boolean }) {
    this.#streams = options;
    this.#paint = paintWith(options.colour);
    this.#plain = new PlainReport({
      ...options,
      write: (text) => {
        this.#permanent += text;
      },
    });
  }

  emit(event: Event): void {
    if (event.event === 'run_started') this.#start(event.mode);
    this.#progress.follow(event, Date.now());
    this.#plain.emit(event);
    if (event.event === 'recap') this.end();
  }

  /** Takes the live part away; also when the process exits before the recap. */
  readonly end = (): void => {
    this.#spinner.stop();
    process.off('exit', this.end);
    this.#terminal?.close(this.#permanent);
    this.#terminal = undefined;
  };

  #start(mode: 'plan' | 'apply'): void {
    this.#mode = mode;
    this.#startedMs = Date.now();
    this.#terminal = new Terminal(this.#streams);
    process.once('exit', this.end);
    this.#spinner.start(() => this.#draw(), FRAME_MS);
  }

  #draw(): void {
    const { columns, rows } = this.#terminal ?? {};
    if (columns === undefined || rows === undefined) return;
    const lines = renderProgress(
      {
        progress: this.#progress,
        mode: this.#mode,
        startedMs: this.#startedMs,
        nowMs: Date.now(),
        spinner: this.#spinner.fetch(),
        columns,
        rows,
      },
      this.#paint,
    );
    this.#terminal?.draw(this.#permanent, lines);
    this.#permanent = '';
  }
}

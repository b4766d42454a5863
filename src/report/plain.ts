import { printDiagnostics } from '../diagnostics/print-diagnostics.ts';
import type { Event, TaskFinished } from '../model/event.ts';
import { Gathered, type Result } from './gathered.ts';
import { hostNames } from './host-names.ts';
import { type Paint, paintWith } from './paint.ts';
import { renderChange } from './render-change.ts';
import { renderDrift } from './render-drift.ts';
import { renderRecap } from './render-recap.ts';

const LEGEND = '+ create  ~ change  - remove  ? known only when applied';

/**
 * Tells a run as text that can be kept. What is equal on several hosts is told once, as soon as every host of the play
 * has passed it, in the order of the tasks. Until then one event is kept for all hosts with the same result, and none of
 * what is not told.
 */
export class PlainReport {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #verbose: boolean;
  #gathered = new Gathered([]);
  #legendShown = false;
  #mode: 'plan' | 'apply' = 'plan';

  constructor(options: {
    readonly write: (text: string) => void;
    readonly colour: boolean;
    readonly verbose: boolean;
  }) {
    this.#write = options.write;
    this.#colour = options.colour;
    this.#paint = paintWith(options.colour);
    this.#verbose = options.verbose;
  }

  emit(event: Event): void {
    switch (event.event) {
      case 'run_started':
        this.#mode = event.mode;
        break;
      case 'play_started':
        this.#tellAll(this.#gathered.rest());
        this.#gathered = new Gathered(event.hosts);
        this.#write(`\n${this.#paint.bold(event.play)}  ${this.#paint.dim(hostNames(event.hosts))}\n`);
        break;
      case 'host_unreachable':
        this.#write(`\n${printDiagnostics([event.diagnostic], { colour: this.#colour })}`);
        break;
      case 'host_drifted':
        this.#write(renderDrift(event, this.#paint, this.#colour));
        break;
      case 'task_finished':
        this.#tellAll(this.#gathered.add(event, this.#isTold(event)));
        break;
      case 'host_finished':
        this.#tellAll(this.#gathered.pass(event.host));
        break;
      case 'recap':
        this.#tellAll(this.#gathered.rest());
        this.#write(renderRecap(event, this.#paint));
        break;
      default:
    }
  }

  /** What is ok or skipped is told where it says something, or where somebody wants to know. */
  #isTold({ status, message }: TaskFinished): boolean {
    return this.#verbose || Boolean(message) || (status !== 'ok' && status !== 'skipped');
  }

  #tellAll(results: readonly Result[]): void {
    for (const result of results) this.#tell(result);
  }

  /** One task, on all the hosts where the same came of it. */
  #tell({ first, hosts }: Result): void {
    const names = hostNames(hosts);
    const label =
      first.task.item === undefined ? first.task.label : `${first.task.label} (${first.task.item})`;
    const head = (sign: string, more = '') =>
      this.#write(`${sign} ${label}${more}  ${this.#paint.dim(`[${names}]`)}\n`);
    switch (first.status) {
      case 'changed':
        this.#legend();
        head(signOf(first, this.#paint), first.task.handler ? this.#paint.dim(' (handler)') : '');
        break;
      case 'unknown':
        this.#legend();
        head(
          this.#paint.cyan('?'),
          `  ${this.#paint.cyan(`known only when applied: ${first.reason ?? ''}`)}`,
        );
        break;
      case 'failed':
        head(this.#paint.red('!'), `  ${this.#paint.red(first.ignored ? 'failed, ignored' : 'failed')}`);
        break;
      default:
        head(' ', `  ${this.#paint.dim(first.status + (first.reason ? `: ${first.reason}` : ''))}`);
    }
    for (const change of first.changes) {
      for (const line of renderChange(change, this.#paint)) this.#write(`    ${line}\n`);
    }
    if (first.message)
      this.#write(
        `${first.message
          .split('\n')
          .map((line) => `    ${line}`)
          .join('\n')}\n`,
      );
    if (first.status === 'failed') this.#explain(first, hosts.length === 1);
  }

  #explain({ diagnostic }: TaskFinished, alone: boolean): void {
    if (!diagnostic) return;
    const { host: _host, ...shared } = diagnostic;
    const shown = printDiagnostics([alone ? diagnostic : shared], { colour: this.#colour });
    this.#write(`${shown.trimEnd()}\n`);
  }

  #legend(): void {
    if (this.#legendShown || this.#mode !== 'plan') return;
    this.#legendShown = true;
    this.#write(`${this.#paint.dim(LEGEND)}\n`);
  }
}

function signOf({ changes }: TaskFinished, paint: Paint): string {
  const signs = new Set(changes.map((change) => change.sign));
  const [only] = signs;
  if (signs.size === 1 && only === '+') return paint.green('+');
  if (signs.size === 1 && only === '-') return paint.red('-');
  return paint.yellow('~');
}

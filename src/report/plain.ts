import { printDiagnostics } from '../diagnostics/print-diagnostics.ts';
import type { Event, TaskFinished } from '../model/event.ts';
import { hostNames } from './host-names.ts';
import { type Paint, paintWith } from './paint.ts';
import { renderChange } from './render-change.ts';
import { renderRecap } from './render-recap.ts';

const LEGEND = '+ create  ~ change  - remove  ? known only when applied';

/** A task of a play, with what came of it on each host so far. */
interface Gathered {
  readonly finished: TaskFinished[];
}

/** Tells a run as text that can be kept: what is equal on several hosts is told once, at the end of each play. */
export class PlainReport {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #verbose: boolean;
  #tasks = new Map<string, Gathered>();
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
        this.#flush();
        this.#write(`\n${this.#paint.bold(event.play)}  ${this.#paint.dim(hostNames(event.hosts))}\n`);
        break;
      case 'host_unreachable':
        this.#write(`\n${printDiagnostics([event.diagnostic], { colour: this.#colour })}`);
        break;
      case 'task_finished':
        this.#gather(event);
        break;
      case 'recap':
        this.#flush();
        this.#write(renderRecap(event, this.#paint));
        break;
      default:
    }
  }

  #gather(event: TaskFinished): void {
    const key = `${event.task.id} ${event.task.item ?? ''}`;
    const gathered = this.#tasks.get(key) ?? { finished: [] };
    gathered.finished.push(event);
    this.#tasks.set(key, gathered);
  }

  #flush(): void {
    for (const { finished } of this.#tasks.values()) {
      for (const same of groupEqual(finished)) this.#tell(same);
    }
    this.#tasks = new Map();
  }

  /** One task, on all the hosts where the same came of it. */
  #tell(same: readonly TaskFinished[]): void {
    const [first] = same;
    if (!first) return;
    const names = hostNames(same.map((one) => one.host));
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
        this.#fail(same, head);
        break;
      default:
        if (this.#verbose)
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
  }

  #fail(same: readonly TaskFinished[], head: (sign: string, more?: string) => void): void {
    head(this.#paint.red('!'), `  ${this.#paint.red(same[0]?.ignored ? 'failed, ignored' : 'failed')}`);
    const diagnostic = same[0]?.diagnostic;
    if (!diagnostic) return;
    const { host: _host, ...shared } = diagnostic;
    this.#write(
      `${printDiagnostics([same.length === 1 ? diagnostic : shared], { colour: this.#colour }).trimEnd()}\n`,
    );
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

/** Hosts on which the same came of a task, in the order they finished. */
function groupEqual(finished: readonly TaskFinished[]): readonly (readonly TaskFinished[])[] {
  const groups = new Map<string, TaskFinished[]>();
  for (const one of finished) {
    const { summary, code } = one.diagnostic ?? {};
    const key = JSON.stringify([one.status, one.changes, one.reason, one.message, code, summary]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

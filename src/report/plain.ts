import { printDiagnostics } from '../diagnostics/print-diagnostics.ts';
import type { Event, TaskFinished } from '../model/event.ts';
import { hostNames } from './host-names.ts';
import { type Paint, paintWith } from './paint.ts';
import { renderChange } from './render-change.ts';
import { renderDrift } from './render-drift.ts';
import { renderRecap } from './render-recap.ts';

const LEGEND = '+ create  ~ change  - remove  ? known only when applied';

/** A task of a play, with what came of it on each host so far. */
interface Gathered {
  readonly finished: TaskFinished[];
  /** Hosts that may still come to it. */
  readonly awaited: Set<string>;
}

/**
 * Tells a run as text that can be kept. What is equal on several hosts is told once, as soon as every host of the play
 * has passed it, in the order of the tasks.
 */
export class PlainReport {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #verbose: boolean;
  #tasks = new Map<string, Gathered>();
  /** Hosts of the play in their order, and those of them that are not at its end. */
  #hosts: readonly string[] = [];
  #atWork = new Set<string>();
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
        this.#hosts = event.hosts;
        this.#atWork = new Set(event.hosts);
        this.#write(`\n${this.#paint.bold(event.play)}  ${this.#paint.dim(hostNames(event.hosts))}\n`);
        break;
      case 'host_unreachable':
        this.#write(`\n${printDiagnostics([event.diagnostic], { colour: this.#colour })}`);
        break;
      case 'host_drifted':
        this.#write(renderDrift(event, this.#paint, this.#colour));
        break;
      case 'task_finished':
        this.#gather(event);
        break;
      case 'host_finished':
        this.#pass(event.host);
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
    const gathered = this.#tasks.get(key) ?? { finished: [], awaited: new Set(this.#atWork) };
    gathered.finished.push(event);
    gathered.awaited.delete(event.host);
    this.#tasks.set(key, gathered);
    this.#tellPassed();
  }

  #pass(host: string): void {
    this.#atWork.delete(host);
    for (const { awaited } of this.#tasks.values()) awaited.delete(host);
    this.#tellPassed();
  }

  /** The first tasks, up to one that a host may still come to. */
  #tellPassed(): void {
    for (const [key, { finished, awaited }] of this.#tasks) {
      if (awaited.size > 0) return;
      this.#tasks.delete(key);
      this.#tellAll(finished);
    }
  }

  #flush(): void {
    for (const { finished } of this.#tasks.values()) this.#tellAll(finished);
    this.#tasks = new Map();
  }

  #tellAll(finished: readonly TaskFinished[]): void {
    const place = new Map(this.#hosts.map((name, index) => [name, index]));
    const inOrder = finished.toSorted((a, b) => (place.get(a.host) ?? 0) - (place.get(b.host) ?? 0));
    for (const same of groupEqual(inOrder)) this.#tell(same);
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
        head(this.#paint.red('!'), `  ${this.#paint.red(first.ignored ? 'failed, ignored' : 'failed')}`);
        break;
      default:
        if (this.#verbose || first.message)
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
    if (first.status === 'failed') this.#explain(same);
  }

  #explain(same: readonly TaskFinished[]): void {
    const diagnostic = same[0]?.diagnostic;
    if (!diagnostic) return;
    const { host: _host, ...shared } = diagnostic;
    const shown = printDiagnostics([same.length === 1 ? diagnostic : shared], { colour: this.#colour });
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

/** Hosts on which the same came of a task, in the order of the play. */
function groupEqual(finished: readonly TaskFinished[]): readonly (readonly TaskFinished[])[] {
  const groups = new Map<string, TaskFinished[]>();
  for (const one of finished) {
    const { summary, code } = one.diagnostic ?? {};
    const key = JSON.stringify([one.status, one.changes, one.reason, one.message, code, summary]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

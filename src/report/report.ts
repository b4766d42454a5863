import type { Emit } from '../model/event.ts';
import { onlyChanged } from './only-changed.ts';
import { Outbox } from './outbox.ts';
import { PlainReport } from './plain.ts';

export interface ReportOptions {
  /** `live` needs a terminal, and is `plain` elsewhere. */
  readonly format: 'live' | 'plain' | 'json';
  readonly colour: boolean;
  /** Tell of tasks that are ok or skipped too. */
  readonly verbose: boolean;
  /** Tell only of what is changed, unknown or failed. */
  readonly onlyChanged?: boolean;
  readonly stdout: NodeJS.WriteStream;
  /** Where others write to meanwhile: kept apart from what is drawn. */
  readonly stderr: NodeJS.WriteStream;
}

/** Where a run's events go. */
export interface Report {
  readonly emit: Emit;
  /** Writes what was told so far: something else is about to be said. */
  readonly flush: () => void;
  /** To be called when no more events come, in whatever way the run ended. */
  readonly end: () => void;
}

/** A reporter in the format asked for. */
export async function report(options: ReportOptions): Promise<Report> {
  const made = await reporter(options);
  return options.onlyChanged ? { ...made, emit: onlyChanged(made.emit) } : made;
}

async function reporter(options: ReportOptions): Promise<Report> {
  if (options.format === 'live' && options.stdout.isTTY) {
    const { LiveReport } = await import('./live.ts');
    const live = new LiveReport(options);
    return { emit: (event) => live.emit(event), flush: () => {}, end: live.end };
  }
  const { write, flush, end } = new Outbox(options.stdout);
  if (options.format === 'json') return { emit: (event) => write(`${JSON.stringify(event)}\n`), flush, end };
  const plain = new PlainReport({ ...options, write });
  return { emit: (event) => plain.emit(event), flush, end };
}

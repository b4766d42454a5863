import type { Emit } from '../model/event.ts';
import { PlainReport } from './plain.ts';

export interface ReportOptions {
  readonly format: 'live' | 'plain' | 'json';
  readonly colour: boolean;
  readonly write: (text: string) => void;
  /** Size of the terminal. */
  readonly columns: number;
  readonly rows: number;
  /** Tell of tasks that are ok or skipped too. */
  readonly verbose: boolean;
}

/** Where a run's events go, and what to await before the command ends. */
export interface Report {
  readonly emit: Emit;
  readonly end: () => Promise<void>;
}

/** A reporter in the format asked for. */
export function report(options: ReportOptions): Report {
  if (options.format === 'json') {
    return { emit: (event) => options.write(`${JSON.stringify(event)}\n`), end: async () => {} };
  }
  const plain = new PlainReport(options);
  return { emit: (event) => plain.emit(event), end: async () => {} };
}

import type { Recap, Status } from '../model/event.ts';
import { counted } from './host-names.ts';
import type { Paint } from './paint.ts';

const statuses: readonly Status[] = ['ok', 'changed', 'unknown', 'skipped', 'failed', 'unreachable'];
/** Shown also where they are 0 on every host. */
const always: ReadonlySet<Status> = new Set(['ok', 'changed', 'failed']);

/** The table of hosts and counts, and the sentence that sums a run up. */
export function renderRecap(recap: Recap, paint: Paint): string {
  const tints: Readonly<Record<Status, (text: string) => string>> = {
    ok: paint.green,
    changed: paint.yellow,
    unknown: paint.cyan,
    skipped: paint.dim,
    failed: paint.red,
    unreachable: paint.red,
  };
  const hosts = Object.entries(recap.hosts);
  const width = Math.max(...hosts.map(([name]) => name.length), 4);
  const columns = statuses.filter(
    (status) => always.has(status) || hosts.some(([, counts]) => counts[status] > 0),
  );
  const rows = hosts.map(([name, counts]) => {
    const cells = columns.map((status) => {
      const text = `${status} ${counts[status]}`.padEnd(status.length + 5);
      return counts[status] > 0 ? tints[status](text) : paint.dim(text);
    });
    return `${name.padEnd(width)}  ${cells.join('').trimEnd()}`;
  });
  return `\n${rows.join('\n')}\n\n${summary(recap)}\n`;
}

function summary({ mode, hosts, exit }: Recap): string {
  const all = Object.values(hosts);
  const sum = (status: Status) => all.reduce((total, counts) => total + counts[status], 0);
  const touched = all.filter((counts) => counts.changed > 0).length;
  const parts = [
    sum('changed') === 0
      ? `${mode === 'plan' ? 'Nothing to change' : 'Nothing changed'} on ${counted(all.length, 'host')}`
      : `${sum('changed')} ${mode === 'plan' ? 'to change' : 'changed'} on ${counted(touched, 'host')}`,
    ...(sum('unknown') > 0 ? [`${sum('unknown')} known only when applied`] : []),
    ...(sum('failed') > 0 ? [`${sum('failed')} failed`] : []),
    ...(sum('unreachable') > 0 ? [`${counted(sum('unreachable'), 'host')} unreachable`] : []),
    ...(exit === 130 ? ['interrupted'] : []),
  ];
  return `${parts.join(', ')}.`;
}

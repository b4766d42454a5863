import { parseTimer } from 'listr2';
import { counted, hostNames } from './host-names.ts';
import type { Paint } from './paint.ts';
import type { HostProgress, Progress } from './progress.ts';

/** What the live part is drawn from and for. */
export interface View {
  readonly progress: Progress;
  readonly mode: 'plan' | 'apply';
  readonly startedMs: number;
  readonly nowMs: number;
  readonly spinner: string;
  readonly columns: number;
  readonly rows: number;
}

/** One line of the live part. */
interface Row {
  readonly name: string;
  readonly count: string;
  readonly elapsed: string;
  readonly doing: string;
  readonly said: string;
}

/** The live part: a line for each host at work, equal ones folded where there are too many, and the state of the run. */
export function renderProgress(view: View, paint: Paint): readonly string[] {
  const { columns, rows } = view;
  const room = Math.max(0, Math.min(Math.floor(rows / 2), rows - 4));
  const shown = folded(view, room);
  const width = Math.min(Math.max(0, ...shown.map(({ name }) => name.length)), Math.floor(columns / 3));
  const lines = shown.map(({ name, count, elapsed, doing, said }) =>
    fitted(columns - 1, [
      [`  ${cut(name, width).padEnd(width)}  `, paint.bold],
      [count.padStart(7), plain],
      [`${elapsed.padStart(7)}  `, paint.dim],
      [doing, paint.cyan],
      [said === '' ? '' : `  ${said}`, paint.dim],
    ]),
  );
  return ['', ...lines, stateOf(view, paint)].slice(-Math.max(1, rows - 1));
}

function stateOf({ progress, mode, spinner, startedMs, nowMs, columns }: View, paint: Paint): string {
  const { hosts, waiting, ended, play } = progress;
  const all = hosts.length + waiting + ended;
  return fitted(columns - 1, [
    [spinner, paint.cyan],
    [` ${mode}  `, plain],
    [play, paint.bold],
    [all === 0 ? '' : `  ${ended} of ${counted(all, 'host')} done`, plain],
    [waiting === 0 ? '' : `, ${waiting} waiting`, plain],
    [`  ${elapsedOf(nowMs - startedMs)}`, paint.dim],
  ]);
}

function folded({ progress: { hosts }, nowMs }: View, room: number): readonly Row[] {
  if (hosts.length <= room) return hosts.map((host) => rowOf([host], nowMs));
  if (room === 0) return [];
  const byTask = new Map<string, HostProgress[]>();
  for (const host of hosts) {
    const same = byTask.get(host.doing);
    if (same) same.push(host);
    else byTask.set(host.doing, [host]);
  }
  const groups = [...byTask.values()];
  if (groups.length <= room) return groups.map((group) => rowOf(group, nowMs));
  const left = groups.slice(room - 1).flat();
  return [
    ...groups.slice(0, room - 1).map((group) => rowOf(group, nowMs)),
    { ...rowOf(left, nowMs), doing: 'at other tasks', said: '' },
  ];
}

/** Hosts that do the same: the one that is furthest behind speaks for them. */
function rowOf(group: readonly HostProgress[], nowMs: number): Row {
  const behind = group.reduce((one, other) => (other.done < one.done ? other : one));
  return {
    name: hostNames(
      group.map(({ host }) => host),
      2,
    ),
    count: `${behind.done}/${behind.tasks}`,
    elapsed: elapsedOf(nowMs - Math.min(...group.map(({ sinceMs }) => sinceMs))),
    doing: behind.doing,
    said: behind.said,
  };
}

const elapsedOf = (ms: number): string => (ms < 1000 ? '' : parseTimer(ms));

const plain = (text: string): string => text;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Painted parts one after the other, cut off where the line is full. */
function fitted(
  columns: number,
  parts: readonly (readonly [text: string, tint: (text: string) => string])[],
): string {
  let left = columns;
  return parts
    .map(([text, tint]) => {
      const shown = left <= 0 ? '' : cut(text, left);
      left -= text.length;
      return tint(shown);
    })
    .join('')
    .trimEnd();
}

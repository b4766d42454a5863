import { stringify } from 'devalue';
import type { Change, Drift } from '../model/event.ts';
import type { PlannedItem, PlannedStep } from '../model/planned.ts';

/** What of a change is shown: the form of the report, which this room does not know. */
export type ShowSteps = (steps: readonly PlannedStep[]) => readonly Change[];

/** Where each host and the plan part, by host; hosts that are as they were are left out. */
export function driftOf(
  planned: readonly PlannedItem[],
  now: readonly PlannedItem[],
  show: ShowSteps,
): ReadonlyMap<string, readonly Drift[]> {
  const found = new Map<string, Drift[]>();
  const current = new Map(now.map((item) => [keyOf(item), item]));
  const before = new Map(planned.map((item) => [keyOf(item), item]));
  const all = [...planned, ...now.filter((item) => !before.has(keyOf(item)))];
  for (const item of all) {
    const then = before.get(keyOf(item));
    const is = current.get(keyOf(item));
    if (then && is && isSame(then, is)) continue;
    const drift = { task: item.task, ...difference(then, is, show) };
    found.set(item.host, [...(found.get(item.host) ?? []), drift]);
  }
  return found;
}

const keyOf = ({ host, task, item }: PlannedItem): string => JSON.stringify([host, task.id, item]);

const isSame = (then: PlannedItem, is: PlannedItem): boolean =>
  stringify([then.status, then.reason, then.steps]) === stringify([is.status, is.reason, is.steps]);

function difference(
  then: PlannedItem | undefined,
  is: PlannedItem | undefined,
  show: ShowSteps,
): Pick<Drift, 'changes' | 'reason'> {
  const changes = fieldsOf(then, is).flatMap((field) => {
    const step = (item: PlannedItem | undefined) => item?.steps?.find((one) => one.field === field);
    const drift = fieldDrift(step(then), step(is));
    return drift ? [drift] : [];
  });
  if (changes.length > 0) return { changes: show(changes) };
  return { changes: [], reason: `was ${said(then)}, is ${said(is)} now` };
}

const fieldsOf = (...items: readonly (PlannedItem | undefined)[]): readonly string[] => [
  ...new Set(items.flatMap((item) => (item?.steps ?? []).map(({ field }) => field))),
];

/** From what the plan found to what is there; a field without a step is as it is wanted. */
function fieldDrift(then: PlannedStep | undefined, is: PlannedStep | undefined): PlannedStep | undefined {
  const any = is ?? then;
  if (!any) return undefined;
  const [before, after] = [then ? then.before : is?.after, is ? is.before : then?.after];
  const { field, path } = any;
  const made = (what: string, from: PlannedStep['before'], to: PlannedStep['after']): PlannedStep => ({
    sign: from === undefined ? '+' : to === undefined ? '-' : '~',
    field: what,
    before: from,
    after: to,
    ...(path === undefined ? {} : { path }),
  });
  if (stringify(before) !== stringify(after)) return made(field, before, after);
  if (stringify(then?.after) === stringify(is?.after)) return undefined;
  return made(`${field} that is wanted`, then?.after, is?.after);
}

const said = (item: PlannedItem | undefined): string =>
  item === undefined
    ? 'not there'
    : item.reason === undefined
      ? item.status
      : `${item.status} (${item.reason})`;

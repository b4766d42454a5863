import { firstUnknown, isMap, isUnknown, type Unknown, type Value } from '../model/value.ts';
import { addressPart } from './address.ts';
import { partOf } from './frame.ts';
import type { Scope } from './scope.ts';
import { HelperFault } from './template-fault.ts';
import { nameBasedUuid } from './uuid.ts';

/** A helper: arguments (undefined: a name that does not exist, only for those that allow it), named ones, the scope. */
export type Helper = (
  args: readonly Value[],
  named: Readonly<Record<string, Value>>,
  scope: Scope,
) => Value | undefined;

const list = (value: Value | undefined): readonly Value[] => {
  if (Array.isArray(value)) return value as readonly Value[];
  throw new HelperFault(`a list is wanted, not ${JSON.stringify(value ?? null)}`);
};
const map = (value: Value | undefined): Readonly<Record<string, Value>> => {
  if (isMap(value)) return value;
  throw new HelperFault(`a map is wanted, not ${JSON.stringify(value ?? null)}`);
};
const number = (value: Value | undefined): number => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  throw new HelperFault(`a number is wanted, not ${JSON.stringify(value ?? null)}`);
};

/** A scalar as text; lists and maps have no text of their own. */
export function text(value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object')
    throw new HelperFault('a list or a map has no text', 'Use join, or to_json.');
  return String(value);
}

/** As Handlebars has it: false, null, '', 0 and an empty list are no. */
export const truthy = (value: Value | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);

const same = (a: Value | undefined, b: Value | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
/** By number where one is a number and the other one reads as one, so that "10" is more than 9. */
const compare = (a: Value | undefined, b: Value | undefined): number => {
  const [x, y] = [a, b].map((one) => (typeof one === 'string' && one.trim() !== '' ? Number(one) : one));
  return (typeof a === 'number' || typeof b === 'number') && Number.isFinite(x) && Number.isFinite(y)
    ? Number(x) - Number(y)
    : text(a).localeCompare(text(b), 'en');
};

const paths = {
  basename: (path: string) => path.replace(/\/+$/, '').split('/').pop() ?? '',
  dirname: (path: string) =>
    path.replace(/\/+$/, '').replace(/\/?[^/]*$/, '') || (path.startsWith('/') ? '/' : '.'),
};

/** All helpers, by name. `default` and `lookup` are with the interpreter: they take what is not there. */
export const helpers: Readonly<Record<string, Helper>> = {
  join: ([items, separator]) =>
    list(items)
      .map(text)
      .join(separator === undefined ? ', ' : text(separator)),
  eq: ([a, b]) => same(a, b),
  ne: ([a, b]) => !same(a, b),
  lt: ([a, b]) => compare(a, b) < 0,
  le: ([a, b]) => compare(a, b) <= 0,
  gt: ([a, b]) => compare(a, b) > 0,
  ge: ([a, b]) => compare(a, b) >= 0,
  and: (args) => args.every(truthy),
  or: (args) => args.some(truthy),
  not: ([value]) => !truthy(value),
  in: ([item, items]) =>
    isMap(items)
      ? Object.hasOwn(items, text(item))
      : typeof items === 'string'
        ? items.includes(text(item))
        : list(items).some((one) => same(one, item)),
  to_json: ([value], { indent }) =>
    JSON.stringify(value ?? null, null, indent === undefined ? 0 : number(indent)),
  upper: ([value]) => text(value).toUpperCase(),
  lower: ([value]) => text(value).toLowerCase(),
  trim: ([value]) => text(value).trim(),
  replace: ([value, from, to]) => text(value).replaceAll(text(from), text(to)),
  split: ([value, separator]) =>
    text(value) === '' ? [] : text(value).split(separator === undefined ? /\s+/ : text(separator)),
  first: ([items]) => list(items)[0],
  last: ([items]) => list(items).at(-1),
  length: ([value]) =>
    typeof value === 'string' ? value.length : isMap(value) ? Object.keys(value).length : list(value).length,
  sort: ([items]) => [...list(items)].sort(compare),
  unique: ([items]) =>
    list(items).filter((item, index, all) => all.findIndex((one) => same(one, item)) === index),
  keys: ([value]) => Object.keys(map(value)),
  values: ([value]) => Object.values(map(value)),
  range: ([from, to]) =>
    Array.from({ length: Math.max(0, number(to) - number(from)) }, (_, index) => number(from) + index),
  concat: (args) =>
    args.some((one) => Array.isArray(one)) ? args.flatMap((one) => list(one)) : args.map(text).join(''),
  indent: ([value, width]) => text(value).replace(/\n(?=.)/g, `\n${' '.repeat(number(width))}`),
  int: ([value]) => Math.trunc(number(value)),
  string: ([value]) => text(value),
  add: (args) => args.reduce<number>((sum, one) => sum + number(one), 0),
  basename: ([value]) => paths.basename(text(value)),
  dirname: ([value]) => paths.dirname(text(value)),
  to_uuid: ([value]) => nameBasedUuid(text(value)),
  ipaddr: ([value, part]) => addressPart(text(value), part === undefined ? 'address' : text(part)),
  collect: ([hosts], named, scope) => collect(list(hosts), named, scope),
  managed: () => 'Managed by Troupe: changes here are overwritten.',
};

/** `collect groups.web address='rip'`: one map a host, of its own variables; those that it does not have are left out. */
function collect(hosts: readonly Value[], named: Readonly<Record<string, Value>>, scope: Scope): Value {
  const all = scope.get('hostvars');
  return hosts.map((host) => {
    const vars = partOf(all, text(host));
    if (vars === undefined) throw new HelperFault(`the inventory has no host '${text(host)}'`);
    const fields = Object.entries(named).flatMap(([key, name]) => {
      const value = partOf(vars, text(name));
      return value === undefined ? [] : [[key, value] as const];
    });
    return Object.fromEntries(fields);
  });
}

/** Helpers that do not look into what a list or a map holds. */
const shallow = new Set(['first', 'last', 'length', 'keys', 'values', 'concat', 'not', 'lookup', 'collect']);

/** The unknown that a helper's answer hangs on; undefined where the answer is known all the same. */
export function pendingIn(
  name: string,
  args: readonly Value[],
  named: Readonly<Record<string, Value>>,
): Unknown | undefined {
  const all = [...args, ...Object.values(named)];
  const pending = all.find(isUnknown);
  if (name === 'and' || name === 'or')
    return args.some((one) => !isUnknown(one) && truthy(one) === (name === 'or')) ? undefined : pending;
  if (pending || shallow.has(name)) return pending;
  if (name === 'in') {
    const [item, items] = args;
    const found = Array.isArray(items) && (items as readonly Value[]).some((one) => same(one, item));
    return firstUnknown(item) ?? (isMap(items) || found ? undefined : firstUnknown(items));
  }
  return firstUnknown(all);
}

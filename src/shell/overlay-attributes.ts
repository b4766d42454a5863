import type { StatFound } from '../model/probe.ts';

/** A time, a size or a number of an owner that cannot be known before the file is there. */
export const NOT_KNOWN = Number.NaN;

/** Attributes of a file that were given; the rest is as it was. */
export interface Attributes {
  readonly mode?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Just the attributes of something that has more. */
export function pick({ mode, owner, group }: Attributes): Attributes {
  return { mode, owner, group };
}

/** The last that is given of each attribute. */
export function merge(...layers: readonly Attributes[]): Attributes {
  const last = <K extends keyof Attributes>(key: K) =>
    layers.findLast((layer) => layer[key] !== undefined)?.[key];
  return { mode: last('mode'), owner: last('owner'), group: last('group') };
}

/** What a path looks like that was made or altered; `old` is what was there, `user` the owner of what is new. */
export function made(
  type: StatFound['type'],
  attributes: Attributes,
  size: number,
  user: string,
  old?: StatFound,
): StatFound {
  const owner = account(
    attributes.owner ?? (old ? undefined : user),
    old && { name: old.owner, id: old.uid },
  );
  const group = account(
    attributes.group ?? (old ? undefined : user),
    old && { name: old.group, id: old.gid },
  );
  return {
    exists: true,
    type,
    mode: attributes.mode ?? old?.mode ?? (type === 'directory' ? 0o755 : 0o644),
    uid: owner.id,
    gid: group.id,
    owner: owner.name,
    group: group.name,
    size,
    mtime: old?.mtime ?? NOT_KNOWN,
    ...(old?.target === undefined ? {} : { target: old.target }),
  };
}

interface Account {
  readonly name: string;
  readonly id: number;
}

function account(given: string | undefined, old: Account | undefined): Account {
  if (given === undefined) return old ?? { name: 'root', id: 0 };
  if (old && (old.name === given || String(old.id) === given)) return old;
  if (given === 'root' || given === '0') return { name: 'root', id: 0 };
  return { name: given, id: /^\d+$/.test(given) ? Number(given) : NOT_KNOWN };
}

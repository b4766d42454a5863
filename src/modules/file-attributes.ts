import * as z from 'zod';
import type { Found, Stat, StatFound } from '../model/probe.ts';
import { account } from '../model/probe-makers.ts';
import { type Action, type Step, step } from '../model/step.ts';
import { bitsOf, fileMode, octal } from './file-mode.ts';
import { type Refusal, refuse } from './module.ts';

const nameOrNumber = (what: string) =>
  z
    .union([z.string().min(1), z.int().min(0)], { error: 'Write a name or a number.' })
    .transform(String)
    .describe(`${what}, by name or number.`);

/** Parameters of every module that manages a file. */
export const attributeParams = {
  mode: fileMode
    .optional()
    .describe(
      'Permissions: octal digits as text (`"0644"`), or in symbols (`u+x`). Left as it is if not given.',
    ),
  owner: nameOrNumber('Owner').optional(),
  group: nameOrNumber('Group').optional(),
};

/** What of a file's attributes is wanted. */
export interface WantedAttributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Attributes as actions take them. */
export interface ActionAttributes {
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
}

/** Asks whether the owner and the group exist, where they are names that not every system has. */
export function inspectAccounts({ owner, group }: WantedAttributes) {
  return {
    ...(isNamed(owner) ? { ownerAccount: account('passwd', owner) } : {}),
    ...(isNamed(group) ? { groupAccount: account('group', group) } : {}),
  };
}

const isNamed = (name: string | undefined): name is string =>
  name !== undefined && name !== 'root' && !/^\d+$/.test(name);

/** Why the attributes cannot be set: there is no such user, or no such group. */
export function accountRefusal(
  { owner, group }: WantedAttributes,
  found: Found<ReturnType<typeof inspectAccounts>>,
): Refusal | undefined {
  const help = 'Make it first, or install the package that brings it.';
  if (found.ownerAccount && found.ownerAccount.id === undefined)
    return refuse(`there is no user ${owner} on this host`, help);
  if (found.groupAccount && found.groupAccount.id === undefined)
    return refuse(`there is no group ${group} on this host`, help);
  return undefined;
}

/** The wanted attributes for an action on what is there, or on what is new. */
export function attributesFor(want: WantedAttributes, found: Stat, directory = false): ActionAttributes {
  const now = found.exists ? found.mode : directory ? 0o755 : 0o644;
  return {
    ...(want.mode === undefined ? {} : { mode: bitsOf(want.mode, now, directory) }),
    ...(want.owner === undefined ? {} : { owner: want.owner }),
    ...(want.group === undefined ? {} : { group: want.group }),
  };
}

/**
 * Steps for the attributes that differ. With `within`, another step's action sets them; otherwise the first step sets
 * all of them at once.
 */
export function attributeSteps(
  path: string,
  want: WantedAttributes,
  found: Stat,
  options: { readonly within?: true; readonly directory?: boolean } = {},
): readonly Step[] {
  const attributes = attributesFor(
    want,
    found,
    options.directory ?? (found.exists && found.type === 'directory'),
  );
  const differing = differences(attributes, found);
  const action: Action = { kind: 'setAttributes', path, ...attributes };
  return differing.map(([field, before, after], index) =>
    step(field, before, after, index === 0 && !options.within ? { action } : {}),
  );
}

function differences(attributes: ActionAttributes, found: Stat) {
  const now = found.exists ? found : undefined;
  const list: (readonly [field: string, before: string | undefined, after: string])[] = [];
  const { mode, owner, group } = attributes;
  if (mode !== undefined && mode !== now?.mode) list.push(['mode', now && octal(now.mode), octal(mode)]);
  if (owner !== undefined && !isOwner(owner, now)) list.push(['owner', now?.owner, owner]);
  if (group !== undefined && !isGroup(group, now)) list.push(['group', now?.group, group]);
  return list;
}

const isOwner = (owner: string, found: StatFound | undefined): boolean =>
  found !== undefined && (found.owner === owner || String(found.uid) === owner);

const isGroup = (group: string, found: StatFound | undefined): boolean =>
  found !== undefined && (found.group === group || String(found.gid) === group);

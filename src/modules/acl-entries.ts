/**
 * An access control list: permissions (`rwx`, `r-x` …) by entry, in the long text form of acl(5) with numbers for names:
 * `user:`, `user:65534`, `group:`, `mask:`, `other:`, and the same behind `default:`.
 */
export type Acl = ReadonlyMap<string, string>;

/** What getfacl(1) prints with numbers and without a header. */
export function parseAcl(text: string): Acl {
  const lines = text.split('\n').flatMap((line) => {
    const [, key, permissions] =
      /^((?:default:)?(?:user|group|mask|other):\d*):([rwx-]{3})$/.exec(line) ?? [];
    return key === undefined || permissions === undefined ? [] : [[key, permissions] as const];
  });
  return new Map(lines);
}

/** The list as getfacl prints it. */
export const aclText = (acl: Acl): string =>
  inOrder(acl)
    .map(([key, permissions]) => `${key}:${permissions}\n`)
    .join('');

/** The list as `setfacl --set` takes it. */
export const aclWords = (acl: Acl): string =>
  inOrder(acl)
    .map(([key, permissions]) => `${key}:${permissions}`)
    .join(',');

/** Its entries, in the order in which getfacl prints them. */
export const inOrder = (acl: Acl): readonly (readonly [key: string, permissions: string])[] =>
  [...acl].sort(([one], [other]) => rank(one) - rank(other));

const RANKS = ['user', 'group', 'mask', 'other'];
const SPAN = 2 ** 33;

function rank(key: string): number {
  const { isDefault, type, id } = partsOf(key);
  return (isDefault ? 4 * SPAN : 0) + RANKS.indexOf(type) * SPAN + (id === '' ? 0 : Number(id) + 1);
}

/** Whose entry it is. */
export function partsOf(key: string): {
  readonly isDefault: boolean;
  readonly type: string;
  readonly id: string;
} {
  const isDefault = key.startsWith('default:');
  const [type = '', id = ''] = key.slice(isDefault ? 'default:'.length : 0).split(':');
  return { isDefault, type, id };
}

/** True where the entry names a user or a group, and so is more than a mode can say. */
export const isNamed = (key: string): boolean => partsOf(key).id !== '';

/** What a mode says, as entries of the owner, the owning group and all others: 0o755 gives rwx, r-x, r-x. */
export const baseEntries = (
  mode: number,
  prefix = '',
): readonly (readonly [key: string, permissions: string])[] => [
  [`${prefix}user:`, permissionsOf(mode >> 6)],
  [`${prefix}group:`, permissionsOf(mode >> 3)],
  [`${prefix}other:`, permissionsOf(mode)],
];

/** Three bits as letters. */
export const permissionsOf = (bits: number): string =>
  [...'rwx'].map((letter, at) => (bits & (4 >> at) ? letter : '-')).join('');

const bitsOf = (permissions: string): number =>
  [...'rwx'].reduce((bits, letter, at) => (permissions.includes(letter) ? bits | (4 >> at) : bits), 0);

/** The list after chmod(2): where there is a mask, it takes the place of the owning group (acl(5)). */
export function withMode(acl: Acl, mode: number): Acl {
  const group = acl.has('mask:') ? 'mask:' : 'group:';
  return new Map([
    ...acl,
    ['user:', permissionsOf(mode >> 6)],
    [group, permissionsOf(mode >> 3)],
    ['other:', permissionsOf(mode)],
  ]);
}

/** The mode that stat(2) tells of a path with this list; the bits above 0o777 are those of `mode`. */
export function modeWith(acl: Acl, mode: number): number {
  const [user, group, other] = ['user:', acl.has('mask:') ? 'mask:' : 'group:', 'other:'].map((key) =>
    bitsOf(acl.get(key) ?? ''),
  );
  return (mode & 0o7000) | ((user ?? 0) << 6) | ((group ?? 0) << 3) | (other ?? 0);
}

/** The list with masks that let through all that its entries give, as setfacl(1) reckons them; none where nobody is named. */
export function withMasks(acl: Acl): Acl {
  const made = new Map(acl);
  for (const prefix of ['', 'default:']) {
    const own = [...made].filter(([key]) => partsOf(key).isDefault === (prefix !== ''));
    made.delete(`${prefix}mask:`);
    if (!own.some(([key]) => isNamed(key))) continue;
    const masked = own.filter(([key]) => isNamed(key) || key === `${prefix}group:`);
    made.set(
      `${prefix}mask:`,
      permissionsOf(masked.reduce((bits, [, letters]) => bits | bitsOf(letters), 0)),
    );
  }
  return made;
}

import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Inventory, Variable } from '../model/inventory.ts';
import { plainValue } from '../model/tree.ts';

const BYTES = 32;

/**
 * Fingerprint of a value that may hold secrets, salted and slow to compute (scrypt, RFC 7914, with Node's defaults), so
 * that nobody finds a short password from it by trying.
 */
export function digestOf(value: unknown, salt: Buffer = randomBytes(16)): string {
  return `${salt.toString('hex')}:${scryptSync(canonical(value), salt, BYTES).toString('hex')}`;
}

/** True where a value is the one that a fingerprint was made of. */
export function matches(value: unknown, digest: string): boolean {
  const [salt = '', hash = ''] = digest.split(':');
  const own = digestOf(value, Buffer.from(salt, 'hex')).split(':')[1] ?? '';
  return own.length === hash.length && timingSafeEqual(Buffer.from(own), Buffer.from(hash));
}

/** What counts of an inventory: hosts, groups and variables, wherever they are written. */
export const inventoryValue = (inventory: Inventory): unknown => [
  [...inventory.hosts.values()].map(({ name, groups, vars }) => [name, groups, varsValue(vars)]),
  [...inventory.groups],
];

/** Variables by name, with their plain values. */
export const varsValue = (vars: ReadonlyMap<string, Variable>): unknown =>
  [...vars].map(([name, { tree }]) => [name, plainValue(tree)]);

/** Text in which maps and objects have their keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

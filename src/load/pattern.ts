import { fault, Trouble, trouble } from '../diagnostics/trouble.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Place } from '../model/source.ts';
import { type Faults, nearest } from './faults.ts';

const CODE = 'unknown-host-pattern';

/**
 * The hosts that a pattern selects, in the inventory's order: names, groups, `*`, `web*`, `~regex`, `web[0]`,
 * `web[0:2]`, joined by `:` or `,`; `:&` keeps only, `:!` leaves out. Throws `Trouble` (`unknown-host-pattern`) where a
 * part of it names nothing.
 */
export function selectHosts(inventory: Inventory, pattern: string, place?: Place): readonly string[] {
  const faults: Faults = [];
  const chosen = new Set<string>();
  const parts = partsOf(pattern, inventory);
  if (parts.length === 0) {
    throw trouble(CODE, 'The host pattern is empty.', { help: 'Name a host, a group or all.', ...at(place) });
  }
  const select = (part: string): readonly string[] => hostsOf(part, inventory, place, faults);
  const positive = parts.filter((part) => !/^[!&]/.test(part));
  // As in Ansible, a pattern that only leaves out starts from all.
  for (const part of positive.length > 0 ? positive : ['all'])
    for (const host of select(part)) chosen.add(host);
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const kept = new Set(select(part.slice(1)));
    for (const host of chosen) if (!kept.has(host)) chosen.delete(host);
  }
  for (const part of parts.filter((one) => one.startsWith('!'))) {
    for (const host of select(part.slice(1))) chosen.delete(host);
  }
  if (faults.length > 0) throw new Trouble(faults);
  return [...inventory.hosts.keys()].filter((host) => chosen.has(host));
}

/** Splits at commas, else at colons; not within brackets or a regular expression, and not within a host's own name. */
function partsOf(pattern: string, inventory: Inventory): readonly string[] {
  if (inventory.hosts.has(pattern)) return [pattern];
  const separator = /,/.test(pattern.replace(/~\S*/g, '')) ? ',' : ':';
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of pattern) {
    if ('[('.includes(character)) depth++;
    if (')]'.includes(character)) depth--;
    if (character === separator && depth <= 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}

function hostsOf(
  part: string,
  inventory: Inventory,
  place: Place | undefined,
  faults: Faults,
): readonly string[] {
  const all = [...inventory.hosts.keys()];
  if (part.startsWith('~'))
    return matching(part, regexOf(part.slice(1), place, faults), inventory, place, faults);
  const index = /^(.+)\[(-?\d*)(:?)(-?\d*)\]$/.exec(part);
  if (index) {
    const [, name = '', from = '', colon, to = ''] = index;
    const members = hostsOf(name, inventory, place, faults);
    const picked = colon
      ? slice(members, from, to)
      : [members.at(Number(from))].filter((one) => one !== undefined);
    if (picked.length === 0 && members.length > 0) {
      const help = `${name} has ${members.length}, counted from 0.`;
      faults.push(fault(CODE, `There is no host ${part}.`, { help, ...at(place) }));
    }
    return picked;
  }
  if (part === '*' || part === 'all') return all;
  if (/[*?]/.test(part)) {
    const source = part
      .replace(/[.+^${}()|\\[\]]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return matching(part, new RegExp(`^${source}$`), inventory, place, faults);
  }
  const members = inventory.groups.get(part) ?? (inventory.hosts.has(part) ? [part] : undefined);
  if (members) return members;
  if (part !== 'ungrouped') faults.push(unknownName(part, inventory, place));
  return [];
}

/** Both ends count, as in Ansible: `web[0:2]` is three hosts. */
function slice(members: readonly string[], from: string, to: string): readonly string[] {
  const end = to === '' ? members.length - 1 : Number(to) < 0 ? members.length + Number(to) : Number(to);
  return members.slice(from === '' ? 0 : Number(from), end + 1);
}

function matching(
  part: string,
  regex: RegExp | undefined,
  inventory: Inventory,
  place: Place | undefined,
  faults: Faults,
): readonly string[] {
  if (!regex) return [];
  const groups = [...inventory.groups].filter(([name]) => regex.test(name));
  const hosts = [...inventory.hosts.keys()].filter((name) => regex.test(name));
  if (groups.length === 0 && hosts.length === 0) {
    const help = 'troupe inventory shows all hosts and groups.';
    faults.push(fault(CODE, `No host or group matches "${part}".`, { help, ...at(place) }));
  }
  return [...new Set([...groups.flatMap(([, members]) => members), ...hosts])];
}

function regexOf(source: string, place: Place | undefined, faults: Faults): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})`);
  } catch (error) {
    const { message: why } = error as Error;
    faults.push(fault(CODE, why, { help: 'Check the regular expression after ~.', ...at(place) }));
    return undefined;
  }
}

function unknownName(name: string, inventory: Inventory, place: Place | undefined) {
  const near = nearest(name, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
  const help =
    name === 'localhost' && !near
      ? 'Add it to the inventory, with the variable connection: local.'
      : `${near}troupe inventory shows all hosts and groups.`;
  return fault(CODE, `There is no host or group "${name}".`, { help, ...at(place) });
}

const at = (place: Place | undefined): { place?: Place } => (place ? { place } : {});

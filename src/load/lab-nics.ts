import { isIPv4, isIPv6 } from 'node:net';
import { fault } from '../diagnostics/trouble.ts';
import type { LabNic } from '../model/lab.ts';
import type { Located } from '../model/playbook.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import { type Faults, unknownKey } from './faults.ts';
import { textOf, textsOf } from './node-keywords.ts';
import { readList, wrongType } from './read-tree.ts';

const KEYS = ['segment', 'address', 'addresses', 'gateway'];
const MOST_NICS = 3;
const SHAPE = 'Write {segment: lan, address: 10.0.1.10/24}.';

/** Reads `nics:` of a machine: its cards on the lab's segments, in order. */
export function readNics(tree: Tree, machine: string, faults: Faults): readonly LabNic[] {
  const items = readList(tree, 'nics', faults) ?? [];
  const extra = items[MOST_NICS];
  if (extra) {
    const help = `Leave out all but ${MOST_NICS}.`;
    faults.push(
      fault('lab-nics', `${machine} has ${items.length} cards; a machine takes ${MOST_NICS}.`, {
        help,
        place: extra.place,
      }),
    );
  }
  return items.flatMap((item) =>
    item.kind === 'map'
      ? readNic(item, machine, faults)
      : (wrongType(item, 'A card', 'a map', faults, SHAPE) ?? []),
  );
}

function readNic(map: MapTree, machine: string, faults: Faults): readonly LabNic[] {
  for (const { key, keyPlace } of map.entries) {
    if (!KEYS.includes(key)) unknownKey(key, `A card of ${machine}`, KEYS, keyPlace, faults);
  }
  const segment = textOf(map, 'segment', faults);
  const addresses = [...textsOf(map, 'address', faults), ...textsOf(map, 'addresses', faults)];
  const gateway = textOf(map, 'gateway', faults);
  for (const address of addresses) checkCidr(address, faults);
  if (gateway && !isIPv4(gateway.value) && !isIPv6(gateway.value)) {
    const help = 'Write an address without prefix length, such as 10.0.1.1.';
    faults.push(fault('lab-address', `"${gateway.value}" is no gateway.`, { help, place: gateway.place }));
  }
  if (!segment) {
    faults.push(fault('lab-segment', 'This card is on no segment.', { help: SHAPE, place: map.place }));
    return [];
  }
  return [
    {
      segment: segment.value,
      addresses: addresses.map((one) => one.value),
      ...(gateway && { gateway: gateway.value }),
    },
  ];
}

function checkCidr({ value, place }: Located<string>, faults: Faults): void {
  const [address = '', prefix = '', ...rest] = value.split('/');
  const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  if (rest.length === 0 && /^\d+$/.test(prefix) && Number(prefix) <= longest) return;
  const help = 'Write an address with its prefix length, such as 10.0.1.10/24.';
  faults.push(fault('lab-address', `"${value}" is no address of a card.`, { help, place }));
}

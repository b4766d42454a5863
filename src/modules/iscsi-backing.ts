import type { AnswerTo, Capture, Found, Probes, ProgramProbe, Stat } from '../model/probe.ts';
import { directoryRefusal } from './file-path.ts';
import { readContent } from './filesystem-device.ts';
import type { TargetWant as Want } from './iscsi-target-params.ts';
import type { Lio } from './lio-state.ts';
import { type Refusal, refuse } from './module.ts';

/** Why it cannot be served: nothing is there that serves. */
export const toolRefusal = (tool: AnswerTo<ProgramProbe>): Refusal | undefined =>
  tool.path === undefined
    ? refuse(
        'There is no targetcli on this host, nor rtslib.',
        'Install it first: targetcli-fb on Debian, targetcli on RHEL.',
      )
    : undefined;

/** Why it cannot listen: another program does. LIO's own sockets are the kernel's, which has no name. */
export function portRefusal(want: Want, live: Lio, { stdout }: AnswerTo<Capture>): Refusal | undefined {
  const known = live.targets[want.iqn]?.portals ?? [];
  for (const portal of want.portals.filter((one) => !known.includes(one))) {
    const [address, port] = split(portal);
    const line = stdout.split('\n').find((one) => {
      const [listening = '', there] = split(one.trim().split(/\s+/)[3] ?? '');
      return (
        there === port && one.includes('users:') && ['0.0.0.0', '*', '[::]', address].includes(listening)
      );
    });
    const name = line && (/users:\(\("([^"]+)"/.exec(line)?.[1] ?? 'another program');
    if (name)
      return refuse(
        `${name} listens at port ${port} already`,
        'A host has one owner of it: stop and disable that one first, or choose another port.',
      );
  }
  return undefined;
}

const split = (portal: string): readonly [address: string, port: string] => {
  const colon = portal.lastIndexOf(':');
  return [portal.slice(0, colon), portal.slice(colon + 1)];
};

/** Why a file or device cannot be put behind a LUN. What is served already is not looked at: what is on it is the initiators'. */
export function storeRefusal(
  one: Want['luns'][number],
  live: Lio,
  found: Found<Probes>,
): Refusal | undefined {
  const known = live.stores[one.name];
  const same = known?.path === one.path && known.type === one.type;
  if (known && !same)
    return refuse(
      `A backstore ${one.name} is there already, for ${known.path}`,
      'Give this one another name.',
    );
  if (known && known.size !== (one.size ?? 0))
    return refuse(
      `${one.path} is served with ${known.size} bytes, not ${one.size}`,
      'Its size is not changed while it is served: take the LUN away, truncate the file, and add it again.',
    );
  if (known) return undefined;
  const other = Object.entries(live.stores).find(([, store]) => store.path === one.path);
  if (other)
    return refuse(`${one.path} is served already, as ${other[0]}`, 'Two LUNs of one disk destroy it.');
  const there = found[`stat ${one.name}`] as Stat;
  if (one.type === 'block') return deviceRefusal(one, found);
  if (!there.exists) return directoryRefusal(one.path, found[`directory ${one.name}`] as Stat);
  if (there.type !== 'file')
    return refuse(`${one.path} is a ${there.type}, not a file`, 'For a disk write type: block.');
  return there.size === one.size
    ? undefined
    : refuse(
        `${one.path} is there, with ${there.size} bytes and not ${one.size}`,
        'Say its own size, or name another file.',
      );
}

function deviceRefusal({ name, path }: Want['luns'][number], found: Found<Probes>): Refusal | undefined {
  const content = readContent(path, found[`content ${name}`] as AnswerTo<Capture>);
  if ('refused' in content) return content;
  const uses = (found[`use ${name}`] as AnswerTo<Capture>).stdout.trim();
  if (uses !== '')
    return refuse(
      `${path} is in use: ${uses.replaceAll('\n', ', ')}`,
      'Name another disk, or free this one.',
    );
  const has = content.type ?? content.table;
  return has === undefined
    ? undefined
    : refuse(
        `${path} is not empty: it has ${has}`,
        `If that may go with all data, "wipefs -a ${path}" takes it away; otherwise name another disk.`,
      );
}

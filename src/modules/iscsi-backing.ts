import type { AnswerTo, Capture, Found, Probes, Stat } from '../model/probe.ts';
import { capture, stat } from '../model/probe-makers.ts';
import { answers, type Effect } from '../model/step.ts';
import { directoryOf, directoryRefusal } from './file-path.ts';
import { contentOf, readContent, useOf } from './filesystem-device.ts';
import type { TargetWant } from './iscsi-target-params.ts';
import { type Refusal, refuse } from './module.ts';

type Lun = TargetWant['luns'][number];

/** Programs that listen by TCP, with their names; of the kernel's own sockets ss tells none. */
export const LISTENERS: Capture = capture('sh', '-c', 'command -v ss >/dev/null || exit 0; exec ss -Hltnp');

/** Who listens where, of what `LISTENERS` printed; a program is undefined for the kernel's own sockets. */
export const listening = ({ stdout }: AnswerTo<Capture>): readonly Listener[] =>
  stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [address, port] = splitPortal(line.trim().split(/\s+/)[3] ?? '');
      return { address, port, program: /users:\(\("([^"]+)"/.exec(line)?.[1] };
    });

/** A socket that waits for connections. */
export interface Listener {
  readonly address: string;
  readonly port: string;
  readonly program: string | undefined;
}

/** True where a socket at one address keeps another from the same port. */
export const covers = (one: string, other: string): boolean =>
  one === other || ['0.0.0.0', '*', '[::]'].includes(one);

/** Why it cannot listen: somebody else does. */
export const portTaken = (by: string, port: string): Refusal =>
  refuse(
    `${by} listens at port ${port} already`,
    'A host has one owner of it: stop and disable that one first, or choose another port.',
  );

export const splitPortal = (portal: string): readonly [address: string, port: string] => {
  const colon = portal.lastIndexOf(':');
  return [portal.slice(0, colon), portal.slice(colon + 1)];
};

/** What to read of the files and devices that are to stand behind LUNs. */
export const backingProbes = (luns: readonly Lun[]): Probes =>
  Object.fromEntries(
    luns.flatMap(({ name, path, type }) => [
      [`stat ${name}`, stat(path, { follow: true })],
      [`directory ${name}`, stat(directoryOf(path), { follow: true })],
      ...(type === 'block'
        ? [[`content ${name}`, contentOf(path)] as const, [`use ${name}`, useOf(path)] as const]
        : []),
    ]),
  );

/** Why a file or device that is not served yet cannot be put behind a LUN. */
export function backingRefusal(one: Lun, found: Found<Probes>): Refusal | undefined {
  const there = found[`stat ${one.name}`] as Stat;
  if (one.type === 'block') return deviceRefusal(one, found);
  if (!there.exists) return directoryRefusal(one.path, found[`directory ${one.name}`] as Stat);
  if (there.type !== 'file')
    return refuse(`${one.path} is a ${there.type}, not a file`, 'For a disk write type: block.');
  // An empty one was made by a run that was cut short before it gave it a size; there is nothing on it.
  return there.size === one.size || there.size === 0
    ? undefined
    : refuse(
        `${one.path} is there, with ${there.size} bytes and not ${one.size}`,
        'Say its own size, or name another file.',
      );
}

/** A sparse file was made for a LUN. */
export const fileMade = ({ path, size }: Lun): Effect =>
  answers(stat(path, { follow: true }), {
    ...{ exists: true, type: 'file', mode: 0o600, uid: 0, gid: 0, owner: 'root', group: 'root' },
    ...{ size: size ?? 0, mtime: Number.NaN },
  });

function deviceRefusal({ name, path }: Lun, found: Found<Probes>): Refusal | undefined {
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

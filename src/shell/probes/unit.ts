import type { UnitProbe } from '../../model/probe.ts';
import { type Asked, failure, type Piece, probePiece } from '../piece.ts';
import { quoteAll } from '../quote.ts';
import type { Tools } from '../tools.ts';

const DEADLINE_MS = 60_000;
/** A name without systemctl's patterns. */
const NAME = /^[\w:.\\@-]+$/;

/** One `systemctl show` for all units; it answers in the order asked, a blank line between two. */
export function unitPiece(parts: readonly Asked<UnitProbe>[], key: string, tools: Tools): Piece {
  const valid = parts.filter(({ probe }) => NAME.test(probe.name));
  const names = [...new Set(valid.map(({ probe }) => probe.name))];
  const show = `systemctl show -p Id,Names,LoadState,ActiveState,UnitFileState -- ${quoteAll(names)}`;
  const script = names.length === 0 || !tools.systemctl ? ':' : `_b s ${key}; ${show}; _b c ${key} $?`;
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const blocks = (frame.sections.get(key)?.text() ?? '').trim().split('\n\n').map(properties);
    return ({ probe }) => {
      if (!NAME.test(probe.name)) return failure('other', `${probe.name} is not a unit name`);
      if (!tools.systemctl)
        return failure('missing-tool', 'the host has no systemctl: it does not run systemd');
      const at = names.indexOf(probe.name);
      const block =
        blocks.length === names.length
          ? blocks[at]
          : blocks.find((one) => one.get('Names')?.split(' ').includes(probe.name));
      const load = block?.get('LoadState');
      if (load === undefined) {
        return failure('other', frame.sections.get(key)?.text('stderr').trim() || 'systemctl gave no answer');
      }
      return { load, active: block?.get('ActiveState') ?? '', enabled: block?.get('UnitFileState') ?? '' };
    };
  });
}

const properties = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );

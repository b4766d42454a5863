import type { Capture } from '../../model/probe.ts';
import { type Asked, failure, type Piece, probePiece } from '../piece.ts';
import { quote, quoteAll } from '../quote.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** One program for each capture; `exec`, so that no builtin of the same name takes its place. */
export function capturePiece(part: Asked<Capture>): Piece {
  const { id, probe } = part;
  const [name = ''] = probe.argv;
  const { device } = probe;
  const absent = `{ echo ${quote(`Device "${device}" does not exist.`)} >&2; exit 1; }`;
  const guard = device === undefined ? '' : `[ -e ${quote(`/sys/class/net/${device}`)} ] || ${absent}; `;
  const script = [
    `_b s ${id}; ( ${guard}exec ${quoteAll(probe.argv)} ); _x=$?; _b c ${id} $_x`,
    `[ "$_x" != 127 ] || _P ${id}:path ${quote(name)}`,
  ].join('\n');
  return probePiece([part], script, probe.timeoutMs ?? DEFAULT_TIMEOUT_MS, (frame) => () => {
    const section = frame.sections.get(String(id));
    if (section?.rc === undefined) return failure('other', `${name} could not be started`);
    const missing = section.rc === 127 && !frame.values.has(`${id}:path`);
    return { rc: section.rc, stdout: section.text(), stderr: section.text('stderr'), missing };
  });
}

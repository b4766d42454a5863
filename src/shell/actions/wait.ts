import type { Wait } from '../../model/step.ts';
import type { FrameOutput } from '../frame-output.ts';
import type { Piece } from '../piece.ts';
import { quoteAll } from '../quote.ts';
import { actionPiece } from './action-piece.ts';

/** Slack for a check that hangs after time is up, before the controller ends it. */
const SLACK_MS = 30_000;

/** Repeats a check on the host; time is uptime, which nobody sets. Output is that of the last check. */
export function waitPiece(id: number, action: Wait): Piece {
  const pause = (Math.max(action.intervalMs, 10) / 1000).toFixed(3);
  const late = `_m v ${id}:late 1; ${action.onTimeout === 'continue' ? 'exit 0' : 'exit 124'}`;
  const body = [
    `_U; _w=$((_u + ${Math.ceil(action.timeoutMs / 10)}))`,
    `until _o=$( exec 2>&1; exec ${quoteAll(action.until)} ); do`,
    `_U; [ "$_u" -lt "$_w" ] || { printf '%s\\n' "$_o"; ${late}; }`,
    `sleep ${pause} 2>/dev/null || sleep 1`,
    `done; printf '%s\\n' "$_o"`,
  ].join('\n');
  const piece = actionPiece(id, body, { deadlineMs: action.timeoutMs + SLACK_MS });
  const outcome = (frame: FrameOutput): ReturnType<Piece['outcome']> => {
    const done = piece.outcome(frame);
    return done && { ...done, timedOut: frame.values.has(`${id}:late`) };
  };
  return { ...piece, outcome };
}

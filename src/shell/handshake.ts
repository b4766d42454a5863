import { FACTS_SCRIPT } from './facts-script.ts';
import { quote } from './quote.ts';
import { TOOL_NAMES } from './tools.ts';

/** What a shell is asked first: who it is, what the host can do, what an earlier run left behind, and the facts. */
export const handshakeScript = (withFacts: boolean): string =>
  [
    '_b s id; id; _b c id $?; _m v login "$SUDO_UID"',
    ...TOOL_NAMES.map((name) => `_P tool:${name} ${name}`),
    // Who reads no more than asked for; the one that does not may read a request's body.
    `_x=$(printf 'abcdef\\n' | { head -c 3 >/dev/null; IFS= read -r l; printf %s "$l"; })`,
    'if [ "$_x" = def ]; then _m v read h; else',
    `_x=$(printf 'abcdef\\n' | { dd bs=3 count=1 iflag=fullblock 2>/dev/null >/dev/null; IFS= read -r l; printf %s "$l"; })`,
    'if [ "$_x" = def ]; then _m v read d; else _m v read r; fi; fi',
    // Of rm, and so of the others; busybox's readlink takes one path.
    '_P tool:rm rm && case $(readlink -f "$_q/rm" 2>/dev/null) in *busybox*) _m v busybox 1;; esac',
    '_q=$HOME/.local/state/troupe; [ "$(id -u)" != 0 ] || _q=/var/lib/troupe; _m v state "$_q"',
    '[ ! -r "$_q/pending.json" ] || { _b s pending; cat -- "$_q/pending.json"; _b c pending $?; }',
    ...(withFacts ? [FACTS_SCRIPT] : []),
  ].join('\n');

/**
 * Takes the lock of a state directory, in the loop itself, so that everything it starts inherits it: a change that is
 * still under way keeps it. Who comes second is told what is written in the file.
 */
export function lockScript(holder: string, waitS: number): string {
  return [
    '_q=$HOME/.local/state/troupe; [ "$(id -u)" != 0 ] || _q=/var/lib/troupe',
    '{ if ! ( [ -d "$_q" ] || ( umask 077; mkdir -p -- "$_q" ) ) || ! ( : >>"$_q/lock" ); then _m v lock denied',
    'elif ! command -v flock >/dev/null; then _m v lock missing',
    `else exec 9>>"$_q/lock"; _x=${waitS}`,
    'until flock -n 9; do if [ "$_x" -gt 0 ]; then _x=$((_x-1)); sleep 1; else _x=no; break; fi; done',
    `if [ "$_x" != no ]; then L=1; : >"$_q/lock"; printf "%s\\n" ${quote(holder)} >&9; _m v lock y`,
    'else _m v lock n; _b s holder; cat -- "$_q/lock"; _b c holder $?; exec 9>&-; fi; fi; } </dev/null',
  ].join('\n');
}

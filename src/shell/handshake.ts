import { FACTS_SCRIPT } from './facts-script.ts';
import { quote } from './quote.ts';
import { TOOL_NAMES } from './tools.ts';

/** Who asks for the lock, and how long they wait for it, in seconds. */
export interface LockWish {
  readonly holder: string;
  readonly waitS: number;
}

/**
 * What a shell says of itself before its loop begins, as statements on one line: who it is, what the host can do, what an
 * earlier run left behind, the facts, and whether it has the lock.
 */
export const greeting = (lock: LockWish | undefined): string =>
  [
    // The effective uid; the shell itself is who reads here.
    'U=; while read -r _q _l _u _l; do case $_q in Uid:) U=$_u; break;; esac; done 2>/dev/null </proc/self/status',
    '[ -n "$U" ] || U=$(id -u); _m v uid "$U"; _m v login "$SUDO_UID"',
    `for _x in ${TOOL_NAMES.filter((name) => name !== 'rm').join(' ')}; do _P "tool:$_x" "$_x"; done`,
    // Of rm, and so of the others; busybox's readlink takes one path.
    '_P tool:rm rm && [ -L "$_q/rm" ] && case $(readlink -f "$_q/rm" 2>/dev/null) in *busybox*) _m v busybox 1;; esac',
    // Who reads no more than asked for; the one that does not may read a request's body. dd has shown it by the loop.
    'if [ -n "$d" ]; then _m v read d; else',
    `_x=$(printf 'abcdef\\n' | { head -c 3 >/dev/null; IFS= read -r l; printf %s "$l"; })`,
    'if [ "$_x" = def ]; then _m v read h; else _m v read r; fi; fi; d=; l=',
    '_s=$HOME/.local/state/troupe; [ "$U" != 0 ] || _s=/var/lib/troupe; _m v state "$_s"',
    '[ ! -r "$_s/pending.json" ] || { _b s pending; cat -- "$_s/pending.json"; _b c pending $?; }',
    ...FACTS_SCRIPT,
    ...(lock ? lockScript(lock) : []),
  ]
    .join('; ')
    .replace(/\b(else); /g, '$1 ');

/**
 * Takes the lock of a state directory, in the loop itself, so that everything it starts inherits it: a change that is
 * still under way keeps it. Who comes second is told what is written in the file.
 */
function lockScript({ holder, waitS }: LockWish): readonly string[] {
  return [
    'if ! { [ -d "$_s" ] || ( umask 077; mkdir -p -- "$_s" ); } || ! true >>"$_s/lock"; then _m v lock denied',
    'elif ! command -v flock >/dev/null; then _m v lock missing',
    `else exec 9>>"$_s/lock"; _x=${waitS}`,
    'until flock -n 9; do if [ "$_x" -gt 0 ]; then _x=$((_x-1)); sleep 1; else _x=no; break; fi; done',
    `if [ "$_x" != no ]; then L=1; : >"$_s/lock"; printf "%s\\n" ${quote(oneLine(holder))} >&9; _m v lock y`,
    'else _m v lock n; _b s holder; cat -- "$_s/lock"; _b c holder $?; exec 9>&-; fi; fi',
  ];
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

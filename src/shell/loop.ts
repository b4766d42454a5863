import { Buffer } from 'node:buffer';
import { CORE, LIBRARY } from './library.ts';

/** How a request's body is read from stdin: `head -c`, `dd`, or `read -r` line by line, which every sh can. */
export type ReadMode = 'h' | 'd' | 'r';

/**
 * What sshd or sudo starts: it says that it is ready and takes the loop as one line of so many bytes from stdin. Short,
 * because sudo logs it; without backslash, `!` and line break, because the login shell may be csh or fish. A dd that does
 * not know fullblock has read nothing; `read` asks the kernel for one byte at a time, which costs more than a process.
 */
export const bootstrap = (sh: string, mark: string, loopBytes: number): readonly string[] => [
  sh,
  '-c',
  `printf %s%s. ${mark} ready; d=$(dd bs=${loopBytes} count=1 iflag=fullblock 2>/dev/null); l=$d; [ -n "$l" ] || IFS= read -r l; eval "$l"`,
];

/** What `bootstrap` prints once it runs. The command itself does not hold this text, so an echo cannot fake it. */
export const readyMark = (mark: string): string => `${mark}ready.`;

/**
 * The loop, as one line with its line break. Before it begins it answers `greeting`, statements on one line, as its first
 * request. A reader stands before the executor, so that somebody listens while a command runs: it ends the process group
 * when the connection closes in mid-request, on `k`, and after missed heartbeats.
 *
 * Lines to it: `q MODE N` and a body (a request, in a subshell); `s MODE N` (the same in the executor itself); `p MODE N`
 * and N raw bytes for the request that runs, which reads them itself (one that has ended leaves them unread); `b` a
 * heartbeat, due from the first request that acts until the end; `d` the answer has arrived; `k` end what runs; `x`
 * good-bye.
 */
export function loop(nonce: string, missedAfterS: number, greeting: string): string {
  const readLines = (each: string): string =>
    `while [ "$n" -gt 0 ]; do IFS= read -r l; ${each}; n=$((n-1)); done`;
  return `${[
    `N=${nonce};`,
    'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; LC_ALL=C; export PATH LC_ALL; umask 022; set -f;',
    'unset LANGUAGE CDPATH ENV BASH_ENV; L=; A=;',
    ...CORE,
    `trap : TERM; { ${greeting}; } </dev/null; _b end 0;`,
    // The executor's end where nobody reads its answers any more: the shell above holds the lock until the reader is done.
    '_gone() { case $L in 1) flock -u 9;; esac; exit 1; };',
    '_dis() { [ -z "$T" ] || kill "$T" 2>/dev/null; T=; };',
    // The executor lets the lock go as soon as what it runs has ended: the shell above holds it, too, for as long as this takes.
    // What was started too late for the TERM, and reads what the reader passes on, comes to an end by itself.
    '_end() { trap "" TERM PIPE; kill -TERM 0; echo x now 2>/dev/null; exec >/dev/null; sleep 5; kill -KILL 0; };',
    `_arm() { _dis; ( trap 'kill -KILL "$s" 2>/dev/null; exit' TERM; sleep ${missedAfterS} & s=$!; wait "$s"; _end )`,
    '</dev/null >/dev/null 2>&1 & T=$!; };',
    // The reader. It stays armed between requests: to arm it for each costs three processes. It gives up the lock by exec,
    // because dash keeps a copy of what a redirection shuts; and it takes its watchdog along where the executor has gone.
    '{ exec 9>&-; trap "" TERM; trap "_dis; exit 1" PIPE; B=0; T=; while IFS=" " read -r c m n; do case $c in',
    'q|s|p) B=1; case $c$m in p?a) _arm;; ??a) [ -n "$T" ] || _arm;; esac; printf "%s %s %s\\n" "$c" "$m" "$n"; case $m in',
    'h*) head -c "$n";; d*) dd bs="$n" count=1 iflag=fullblock 2>/dev/null;;',
    `r*) ${readLines('printf "%s\\n" "$l"')};; esac;;`,
    'b) [ -z "$T" ] || _arm;; d) B=0;; k) kill -TERM 0;;',
    'x) [ "$B" != 0 ] || echo x; break;; esac; done;',
    '_dis; [ "$B" = 0 ] || _end; } |',
    // The executor. What only reads does not inherit the lock; where nothing acted, the lock ends with the shell.
    '{ trap : TERM; trap _gone PIPE; while IFS=" " read -r c m n; do case $c in x) case $L$A$m in 11*|1now) flock -u 9;; esac; break;; esac;',
    `case $c in p) ${readBlock('m', 'n')} >/dev/null; continue;; esac;`,
    'case $m in h*) b=$(head -c "$n");; d*) b=$(dd bs="$n" count=1 iflag=fullblock 2>/dev/null);;',
    `r*) b=; ${readLines('b=$b$l$_n')};; esac; case $m in ?a) A=1;; esac;`,
    'case $c$m in s*) eval "$b";; q?a) ( eval "$b" ) </dev/null;; *) ( eval "$b" ) </dev/null 9>&-;; esac;',
    '_b end $?; done; }',
  ].join(' ')}\n`;
}

/** A request's script where its shell does not have the library yet: it keeps it for those that follow. */
export const withLibrary = (script: string, acts: boolean): string =>
  `${LIBRARY.join(' ')}\n(\n${script}\n) </dev/null${acts ? '' : ' 9>&-'}`;

/** Below so many bytes a body is read by the builtin `read` on both sides; two processes cost as much. */
const READ_BYTES = 2_000;

/** The mode for a body: the host's own, or `r` where it is so short that a process costs more. */
const modeFor = (script: string, mode: ReadMode): ReadMode =>
  Buffer.byteLength(script) <= READ_BYTES ? 'r' : mode;
/** Command that copies the raw bytes of a `p` line from stdin, of its mode and amount as these variables have them. */
export const readBlock = (mode: string, amount: string): string =>
  `case $${mode} in h*) head -c "$${amount}";; *) [ "$${amount}" = 0 ] || dd bs="$${amount}" count=1 iflag=fullblock 2>/dev/null;; esac`;

/** The line before raw bytes. An amount of 0 says that these were all. `arms`: it counts as a heartbeat, which costs processes. */
export const blockHead = (mode: ReadMode, bytes: number, arms: boolean): string =>
  `p ${mode}${arms ? 'a' : ''} ${bytes}\n`;

/** The bytes of one request. `acts`: it changes the host, so the watchdog is armed from its start. */
export function requestFrame(
  script: string,
  hostMode: ReadMode,
  how: { readonly acts?: boolean; readonly inExecutor?: boolean } = {},
): Buffer {
  const mode = modeFor(script, hostMode);
  const body = Buffer.from(mode === 'r' ? `${script}\n` : script);
  const amount = mode === 'r' ? script.split('\n').length : body.length;
  const head = `${how.inExecutor ? 's' : 'q'} ${mode}${how.acts ? 'a' : ''} ${amount}\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

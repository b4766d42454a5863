/**
 * Functions that requests use, sent once with the loop; each ends in `;` because they travel as one line. They start
 * no process unless a comment says so. `$_n` is a line break.
 */
export const LIBRARY: readonly string[] = [
  `_n=$(printf '\\n_'); _n=\${_n%_};`,
  // Marks on stdout, and on both streams.
  `_m() { printf '%s|%s\\n' "$N" "$*"; };`,
  '_b() { _m "$@"; _m "$@" >&2; };',
  // _d PATH: true where the path cannot be seen because a directory above it may not be searched.
  '_d() { _q=$1; while :; do case $_q in */*) _q=${_q%/*};; *) return 1;; esac; [ -n "$_q" ] || return 1;',
  '[ ! -e "$_q" ] || { [ -d "$_q" ] && [ ! -x "$_q" ]; return; }; done; };',
  // _e ID PATH: there (y), not there (n) or denied (d); true where there.
  '_e() { if [ -e "$2" ] || [ -L "$2" ]; then _m v "$1" y; return 0; fi;',
  'if _d "$2"; then _m v "$1" d; else _m v "$1" n; fi; return 1; };',
  // _f ID PATH: the same for a file that shall be read; r unreadable, t not a file.
  '_f() { if [ -f "$2" ]; then if [ -r "$2" ]; then _k="$_k$1 "; _m v "$1" y; return 0; fi; _m v "$1" r;',
  'elif [ -e "$2" ]; then _m v "$1" t; elif _d "$2"; then _m v "$1" d; else _m v "$1" n; fi; return 1; };',
  // _r ID EXPECT PATH [LIMIT]: takes the next line of $_S, which sha256sum printed; prints the bytes where it differs (cat).
  '_r() { case $_k in *" $1 "*) ;; *) return;; esac; _l=${_S%%"$_n"*}; case $_l in *" $3"|*"*$3") ;;',
  '*) _m v "$1:hash" -; return;; esac; case $_S in *"$_n"*) _S=${_S#*"$_n"};; *) _S=;; esac;',
  '_l=${_l%% *}; _m v "$1:hash" "$_l"; [ "$_l" = "$2" ] || _y "$1" "$3" "$4"; };',
  // _y ID PATH [LIMIT]: prints the bytes, the first LIMIT of them (cat, head); with 0 nothing.
  '_y() { case $3 in 0) ;; "") _b s "f$1"; cat -- "$2"; _b c "f$1" $?;;',
  '*) _b s "f$1"; head -c "$3" -- "$2"; _b c "f$1" $?;; esac; };',
  // _P KEY NAME: where a program is on PATH. No command -v: it names builtins without their path.
  '_P() { case $2 in */*) [ -f "$2" ] && [ -x "$2" ] && _m v "$1" "$2"; return;; esac; _i=$IFS; IFS=:;',
  'for _q in $PATH; do if [ -f "$_q/$2" ] && [ -x "$_q/$2" ]; then IFS=$_i; _m v "$1" "$_q/$2"; return 0; fi; done;',
  'IFS=$_i; return 1; };',
  '_E() { printf "%s\\n" "$*" >&2; return 1; };',
  // _w PATH SUFFIX: sets _p, the file to be replaced (links followed: readlink), and _t, its temporary neighbour.
  '_w() { _p=$1; if [ -L "$_p" ]; then _q=${_p%/*}; [ ! -k "${_q:-/}" ] ||',
  '{ _E "$_p is a link in a directory that others can write: not followed"; return; };',
  '_p=$(readlink -f -- "$_p") && [ -n "$_p" ] || { _E "$1 is a link that leads nowhere"; return; }; fi;',
  '[ ! -e "$_p" ] || [ -f "$_p" ] || { _E "$_p is there and is not a regular file"; return; };',
  '_q=${_p%/*}; [ -d "${_q:-/}" ] || { _E "${_q:-/} is not a directory"; return; }; _t=$_q/.troupe-$2; };',
  // _o: makes the temporary file, for its maker only; never through a file or link that is there.
  '_o() { ( umask 077; set -C; : >"$_t" ); };',
  // _c MODE OWNER GROUP: gives the temporary file its attributes, by default those of the file it replaces (stat…).
  '_c() { _a=$1; _u=$2; _g=$3; if [ -e "$_p" ]; then _q=$(stat -c "%a %u %g" -- "$_p" "$_t") || return; set -- $_q;',
  '_a=${_a:-$1}; if [ -n "$_u$_g" ] || [ "$2 $3" != "$5 $6" ]; then _u=${_u:-$2}; _g=${_g:-$3}; fi; fi;',
  '_h "$_t" "$_u" "$_g" && chmod "${_a:-644}" "$_t"; };',
  // _h PATH OWNER GROUP [OPTION]: chown, where there is something to change.
  '_h() { case $2:$3 in :) ;; *:) chown $4 -- "$2" "$1";; *) chown $4 -- "$2:$3" "$1";; esac; };',
  // _z: puts the temporary file in place (mv, restorecon where SELinux is).
  '_z() { mv -f -- "$_t" "$_p" || return; [ ! -e /sys/fs/selinux/enforce ] || restorecon -- "$_p" 2>/dev/null; :; };',
  // _M PATH ESCAPED: true where a file system is mounted there or below; ESCAPED is the path as /proc/mounts writes it.
  '_M() { [ -d "$1" ] && [ ! -L "$1" ] && [ -r /proc/mounts ] || return 1; while IFS=" " read -r _q _l _q; do',
  'case $_l in "$2"|"$2"/*) _E "$_l is a mounted file system: not removed"; return 0;; esac;',
  'done </proc/mounts; return 1; };',
  // _U: uptime in hundredths of a second, into _u; the clock may be set meanwhile, this cannot.
  '_U() { IFS=" " read -r _u _q </proc/uptime; _u=${_u%.*}${_u#*.}; _u=${_u#0}; _u=${_u#0}; };',
];

/**
 * Functions that the loop and its greeting use; each ends in `;` because they travel as one line. They start no process
 * unless a comment says so. `$_n` is a line break, which a shell starts with in IFS; `$_s` is the state directory.
 */
export const CORE: readonly string[] = [
  '_n=${IFS#??};',
  // Marks on stdout, and on both streams.
  `_m() { printf '%s|%s\\n' "$N" "$*"; };`,
  '_b() { _m "$@"; _m "$@" >&2; };',
  // _P KEY NAME: where a program is on PATH. No command -v: it names builtins without their path.
  '_P() { case $2 in */*) [ -f "$2" ] && [ -x "$2" ] && _m v "$1" "$2"; return;; esac; _i=$IFS; IFS=:;',
  'for _q in $PATH; do if [ -f "$_q/$2" ] && [ -x "$_q/$2" ]; then IFS=$_i; _m v "$1" "$_q/$2"; return 0; fi; done;',
  'IFS=$_i; return 1; };',
];

/** Functions that requests use besides, sent once with the first of them; of the same form. */
export const LIBRARY: readonly string[] = [
  // _d PATH: true where the path cannot be seen because a directory above it may not be searched.
  '_d() { _q=$1; while :; do case $_q in */*) _q=${_q%/*};; *) return 1;; esac; [ -n "$_q" ] || return 1;',
  '[ ! -e "$_q" ] || { [ -d "$_q" ] && [ ! -x "$_q" ]; return; }; done; };',
  // _e ID PATH: there (y), not there (n) or denied (d); true where there.
  '_e() { if [ -e "$2" ] || [ -L "$2" ]; then _m v "$1" y; return 0; fi;',
  'if _d "$2"; then _m v "$1" d; else _m v "$1" n; fi; return 1; };',
  // _T KEY N PATH…: one stat for all that are there, one stat -L for links among the first N. Marks list by place what is
  // not there (n) and what cannot be seen (d). Paths are named by `${7}`: to append them to a list copies it every time.
  '_T() { _k=$1; _z=$2; shift 2; _i=0; _a=; _l=; _u=; _w=; for _p do _i=$((_i+1));',
  'if [ -e "$_p" ] || [ -L "$_p" ]; then _a="$_a \\"\\${$_i}\\"";',
  '[ "$_i" -gt "$_z" ] || [ ! -L "$_p" ] || _l="$_l \\"\\${$_i}\\"";',
  'elif _d "$_p"; then _w="$_w $_i"; else _u="$_u $_i"; fi; done; _m v "$_k:n" $_u; _m v "$_k:d" $_w;',
  `_q="QUOTING_STYLE=literal stat -c '%f/%u/%g/%s/%Y/%U/%G/%N'";`,
  '[ -z "$_a" ] || { _b s "$_k"; eval "$_q -- $_a"; _b c "$_k" $?; };',
  '[ -z "$_l" ] || { _b s "$_k:L"; eval "$_q -L -- $_l"; _b c "$_k:L" $?; }; };',
  // _R KEY HOW LIMIT WHOLE LINE…: reads files; LINE is what sha256sum prints where all is as expected. One sha256sum for
  // all (HOW is h), from stdin for a single one (s), or none (c); then the bytes of those that differ, or the first LIMIT
  // bytes (with 0 nothing) where its place is not in WHOLE. Marks list by place what is as expected (y), not there (n),
  // cannot be seen (d) or read (r), or is not a file (t).
  '_R() { _k=$1; _z=$2; _j=$3; _J=" $4 "; shift 4; _i=0; _a=; _r=; _t=; _u=; _w=; _x=; _W=; _V=; for _l do _i=$((_i+1)); _p=${_l#*  };',
  'if [ -f "$_p" ]; then if [ -r "$_p" ]; then _a="$_a \\"\\${$_i#*  }\\""; [ "$_z" != c ] || _y "$_i" "$_p";',
  'else _r="$_r $_i"; fi; elif [ -e "$_p" ]; then _t="$_t $_i"; elif _d "$_p"; then _w="$_w $_i";',
  'else _u="$_u $_i"; fi; done; _m v "$_k:n" $_u; _m v "$_k:d" $_w; _m v "$_k:r" $_r; _m v "$_k:t" $_t;',
  '[ -n "$_a" ] || return 0; case $_z in c) return;; s) _b s "$_k"; _S=$(sha256sum <"$_p"); _b c "$_k" $?;',
  '_l=${_S%% *}; if [ "$_l" = "${1%%  *}" ]; then _m v "$_k:y" 1; else _v 1 "$_l" "$_p"; _Y; fi; return;; esac;',
  '_b s "$_k"; eval "_S=\\$(sha256sum -- $_a)"; _b c "$_k" $?; _q=$IFS; IFS=$_n; _w="$*";',
  'if [ "$_S" = "$_w" ]; then IFS=$_q; _m v "$_k:y" all; return; fi; _i=0; for _l in $_S; do IFS=$_q; _p=${_l#*  };',
  'while [ $# != 0 ]; do _w=$1; shift; _i=$((_i+1)); [ "${_w#*  }" != "$_p" ] || break; done;',
  '[ "${_w#*  }" = "$_p" ] || break; if [ "$_l" = "$_w" ]; then _x="$_x $_i"; else _v "$_i" "${_l%% *}" "$_p"; fi;',
  'done; IFS=$_q; _m v "$_k:y" $_x; _Y; };',
  // _v PLACE SUM PATH: tells the sum, and remembers whose bytes are wanted: _f<PLACE>, _W, _V. A file of the kernel may have
  // another size each time it is read: it is read by itself.
  '_v() { _m v "$_k:$1:hash" "$2"; case $_j:$3 in 0:*) ;; *:/proc/*|*:/sys/*) _y "$1" "$3";;',
  '*) eval "_f$1=\\$3"; _W="$_W $1"; _V="$_V \\"\\$_f$1\\"";; esac; };',
  // _Y: one wc and one cat for all that are wanted. Marks tell the sizes by place (z), which part the bytes, and what is larger
  // than LIMIT (b). What wc says nothing of is read by itself.
  '_Y() { set -- $_W; case $# in 0) return;; 1) eval "_y $1 \\"\\$_f$1\\""; return;; esac; _a=; _t=; _u=;',
  'eval "_S=\\$(wc -c -- $_V 2>/dev/null)"; _q=$IFS; IFS=$_n; for _l in $_S; do IFS=$_q; _p=/${_l#*/}; _l=${_l%%/*};',
  '_l=${_l% }; _l=${_l##* }; while [ $# != 0 ]; do eval "_w=\\$_f$1"; [ "$_w" != "$_p" ] || break; _y "$1" "$_w"; shift; done;',
  '[ $# != 0 ] || break; case $_J$_j in *" $1 "*|*" ") false;; *) [ "$_l" -ge "$_j" ];; esac && _t="$_t $1" ||',
  '{ _a="$_a \\"\\$_f$1\\""; _u="$_u $1:$_l"; }; shift; done; IFS=$_q;',
  'while [ $# != 0 ]; do eval "_y $1 \\"\\$_f$1\\""; shift; done; _m v "$_k:b" $_t; _m v "$_k:z" $_u;',
  '[ -z "$_a" ] || { _b s "f$_k"; eval "cat -- $_a"; _b c "f$_k" $?; }; };',
  // _y PLACE PATH: prints the bytes (cat, or head).
  '_y() { case $_j in 0) return;; esac; _b s "f$_k:$1"; case $_J$_j in *" $1 "*|*" ") cat -- "$2";;',
  '*) head -c "$_j" -- "$2";; esac; _b c "f$_k:$1" $?; };',
  '_E() { printf "%s\\n" "$*" >&2; return 1; };',
  // _w PATH SUFFIX: sets _p, the file to be replaced (links followed: readlink), and _t, its temporary neighbour.
  '_w() { _p=$1; if [ -L "$_p" ]; then _q=${_p%/*}; [ ! -k "${_q:-/}" ] ||',
  '{ _E "$_p is a link in a directory that others can write: not followed"; return; };',
  '_p=$(readlink -f -- "$_p") && [ -n "$_p" ] || { _E "$1 is a link that leads nowhere"; return; }; fi;',
  '[ ! -e "$_p" ] || [ -f "$_p" ] || { _E "$_p is there and is not a regular file"; return; };',
  '_q=${_p%/*}; [ -d "${_q:-/}" ] || { _E "${_q:-/} is not a directory"; return; }; _t=$_q/.troupe-$2; };',
  // _o: makes the temporary file, for its maker only; never through a file or link that is there. true: an error of `:`
  // would end the shell.
  '_o() { umask 077; set -C; true >"$_t"; _q=$?; set +C; umask 022; return $_q; };',
  // _c MODE OWNER GROUP: gives the temporary file its attributes, by default those of the file it replaces (stat…).
  '_c() { _a=$1; _u=$2; _g=$3; if [ -e "$_p" ]; then _q=$(stat -c "%a %u %g" -- "$_p" "$_t") || return; set -- $_q;',
  '_a=${_a:-$1}; if [ -n "$_u$_g" ] || [ "$2 $3" != "$5 $6" ]; then _u=${_u:-$2}; _g=${_g:-$3}; fi; fi;',
  '_h "$_t" "$_u" "$_g" && chmod "${_a:-644}" "$_t"; };',
  // _h PATH OWNER GROUP [OPTION]: chown, where there is something to change.
  '_h() { case $2:$3 in :) ;; *:) chown $4 -- "$2" "$1";; *) chown $4 -- "$2:$3" "$1";; esac; };',
  // _z: puts the temporary file in place (mv, restorecon where SELinux is).
  '_z() { mv -f -- "$_t" "$_p" || return; [ ! -e /sys/fs/selinux/enforce ] || restorecon -- "$_p" 2>/dev/null; :; };',
  // _O I SUFFIX MODE OWNER GROUP PATH SYNC: writes a file with what the function _f<I> prints, in a subshell.
  '_O() { _w "$6" "$2" || exit 1; { _o && _f$1 >>"$_t" && _c "$3" "$4" "$5" &&',
  '{ [ -z "$7" ] || sync -- "$_t"; } && _z; } || { rm -f -- "$_t"; exit 1; }; };',
  // A row of files, each known by its place: _A I SUFFIX MODE OWNER GROUP PATH makes the temporary file and fills it by
  // the function _f<I>; _B SYNC gives all of them their attributes and writes them to the disk (one stat, one chmod for
  // each mode, one sync); _C I puts one in place; _D takes away what is left (rm).
  '_A() { _w "$6" "$2" && _o || return; eval "_p$1=\\$_p; _t$1=\\$_t; _a$1=\\$3; _u$1=\\$4; _g$1=\\$5"; _i="$_i $1";',
  '_l="$_l \\"\\$_t$1\\""; [ ! -e "$_p" ] || { _o="$_o $1"; _a="$_a \\"\\$_p$1\\" \\"\\$_t$1\\""; }; _f$1 >>"$_t"; };',
  `_B() { _z=$1; [ -z "$_o" ] || { eval "_S=\\$(stat -c '%a %u %g' -- $_a)" || return; set -- $_S; }; for _x in $_o; do`,
  'eval "_q=\\$_u$_x\\$_g$_x; _a$_x=\\${_a$_x:-$1}"; if [ -n "$_q" ] || [ "$2 $3" != "$5 $6" ]; then',
  'eval "_u$_x=\\${_u$_x:-$2}; _g$_x=\\${_g$_x:-$3}"; fi; shift 6; done; _k=;',
  'for _x in $_i; do eval "_h \\"\\$_t$_x\\" \\"\\$_u$_x\\" \\"\\$_g$_x\\" && _q=\\${_a$_x:-644}" || return;',
  'case " $_k " in *" $_q "*) ;; *) _k="$_k $_q"; eval "_o$_q=";; esac; eval "_o$_q=\\"\\$_o$_q \\\\\\"\\\\\\$_t$_x\\\\\\"\\""; done;',
  'for _q in $_k; do eval "eval \\"chmod $_q -- \\$_o$_q\\"" || return; done; [ -z "$_z" ] || eval "sync -- $_l"; };',
  '_C() { eval "_p=\\$_p$1; _t=\\$_t$1"; _z; };',
  '_D() { [ -z "$_l" ] || eval "rm -f -- $_l"; _l=; };',
  // _N PATH…: true where directories can be made for all of them, as far as can be seen.
  '_N() { for _p do while [ ! -e "$_p" ] && [ ! -L "$_p" ]; do case $_p in /?*/*) _p=${_p%/*};; *) _p=/;; esac; done;',
  '[ -d "$_p" ] && [ -w "$_p" ] || return; done; };',
  // _M PATH ESCAPED: true where a file system is mounted there or below; ESCAPED is the path as /proc/mounts writes it.
  '_M() { [ -d "$1" ] && [ ! -L "$1" ] && [ -r /proc/mounts ] || return 1; while IFS=" " read -r _q _l _q; do',
  'case $_l in "$2"|"$2"/*) _E "$_l is a mounted file system: not removed"; return 0;; esac;',
  'done </proc/mounts; return 1; };',
  // _U: uptime in hundredths of a second, into _u; the clock may be set meanwhile, this cannot.
  '_U() { IFS=" " read -r _u _q </proc/uptime; _u=${_u%.*}${_u#*.}; _u=${_u#0}; _u=${_u#0}; };',
];

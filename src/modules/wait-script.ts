/** Exit status of the script where the host has no program that can try a port. */
export const NO_TOOL = 9;

const CHECKS = {
  // $1 host, $2 port: a line of /proc/net/tcp ends its local address with the port in hex; state 0A is LISTEN (proc(5)).
  listens: `port=$(printf '%04X' "$2"); found=no
for f in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$f" ] || continue
  while read -r _ here _ state _; do
    case $here,$state in *:"$port",0A) found=yes ;; esac
  done <"$f"
done`,
  // $1 host, $2 port, $3 seconds.
  connects: `found=no
if command -v bash >/dev/null && command -v timeout >/dev/null; then
  timeout "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null && found=yes
elif command -v curl >/dev/null; then
  case $(curl -s -m "$3" -w '%{time_connect}' "telnet://$1:$2" </dev/null) in 0.000000 | 0,000000) ;; *) found=yes ;; esac
elif nc -h 2>&1 | grep -q -e '-z'; then
  nc -z -w "$3" "$1" "$2" 2>/dev/null </dev/null && found=yes
else
  exit ${NO_TOOL}
fi`,
  exists: 'found=no; [ ! -e "$1" ] || found=yes',
  matches: 'found=no; ! grep -Eqs -- "$2" "$1" || found=yes',
} as const;

/** A script that exits 0 where what it finds is as $1 wants it (`yes` or `no`). */
export const waitScript = (kind: keyof typeof CHECKS): string =>
  `wanted=$1; shift\n${CHECKS[kind]}\n[ "$found" = "$wanted" ]`;

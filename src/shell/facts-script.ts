/** Prints what facts.ts reads: `v` marks, and the output of id, uname, ip and systemctl under their names. */
export const FACTS_SCRIPT = [
  // Four processes: uname, and ip twice, systemctl where there is one; the rest are builtins.
  '_b s uname; uname -n; uname -r; uname -m; _b c uname 0',
  `( for _q in /etc/os-release /usr/lib/os-release; do [ ! -r "$_q" ] || { . "$_q"; break; }; done`,
  '_m v os.id "$ID"; _m v os.like "$ID_LIKE"; _m v os.version "$VERSION_ID"; _m v os.codename "$VERSION_CODENAME"',
  '_m v os.name "$PRETTY_NAME" )',
  `[ ! -r /proc/meminfo ] || IFS=' ' read -r _q _l _q </proc/meminfo; _m v memory "$_l"`,
  '_b s cpus; grep -c ^processor /proc/cpuinfo; _b c cpus $?',
  'for _x in apt-get dnf yum nmcli netplan ifup systemctl; do _P "has:$_x" "$_x"; done',
  '[ ! -d /run/systemd/system ] || { _m v systemd 1',
  '_b s networks; systemctl is-active NetworkManager.service systemd-networkd.service; _b c networks $?; }',
  'set +f; for _q in /etc/netplan/*.yaml; do [ ! -e "$_q" ] || _m v netplan 1; done',
  '[ ! -e /sys/fs/selinux/enforce ] || { IFS= read -r _q </sys/fs/selinux/enforce; _m v selinux "$_q"; }',
  `for _q in /sys/class/net/*; do [ -e "$_q/address" ] || continue; _i=\${_q##*/}; _a=; _l=0`,
  `IFS= read -r _a <"$_q/address"; IFS= read -r _l <"$_q/mtu"; IFS= read -r _x <"$_q/flags"`,
  `_m v "link:$_i" "$_a $_l $_x"; done 2>/dev/null; set -f`,
  '_b s addresses; ip -o addr show; _b c addresses $?; _b s route; ip -4 route show default; _b c route $?',
].join('\n');

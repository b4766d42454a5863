/**
 * Prints what facts.ts reads, as statements for one line: `v` marks, and the output of uname, ip and systemctl under their
 * names. One process, and systemctl where it alone can tell, and uname on kernels before 6.1; /proc and /sys are read by
 * builtins.
 */
export const FACTS_SCRIPT: readonly string[] = [
  // The kernel's documentation says of its arch that it is what `uname -m` prints (admin-guide/sysctl/kernel.rst).
  '_x=/proc/sys/kernel; if [ -r $_x/arch ]; then read -r _q <$_x/hostname; read -r _l <$_x/osrelease; read -r _u <$_x/arch',
  '_m v uname "$_q $_l $_u"; else _b s uname; uname -nrm; _b c uname $?; fi',
  `( for _q in /etc/os-release /usr/lib/os-release; do [ ! -r "$_q" ] || { . "$_q"; break; }; done`,
  '_m v os.id "$ID"; _m v os.like "$ID_LIKE"; _m v os.version "$VERSION_ID"; _m v os.codename "$VERSION_CODENAME"',
  '_m v os.name "$PRETTY_NAME" )',
  `[ ! -r /proc/meminfo ] || IFS=' ' read -r _q _l _q </proc/meminfo; _m v memory "$_l"`,
  '_q=/sys/devices/system/cpu/online; if [ -r $_q ]; then read -r _l <$_q; _m v online "$_l"',
  'else _b s cpus; grep -c ^processor /proc/cpuinfo; _b c cpus $?; fi',
  'for _x in apt-get dnf yum nmcli netplan ifup systemctl; do _P "has:$_x" "$_x"; done',
  'set +f; _a=; for _q in /etc/netplan/*.yaml; do [ ! -e "$_q" ] || { _m v netplan 1; _a=1; }; done; set -f',
  '[ ! -d /run/systemd/system ] || { _m v systemd 1',
  // Who keeps the network: netplan comes first, and a service without a control group does not run.
  '_x=1; for _q in /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice; do [ ! -d $_q ] || { _x=',
  '[ ! -d $_q/NetworkManager.service ] && [ ! -d $_q/systemd-networkd.service ] || { _x=1; break; }; }; done',
  '[ -z "$_x" ] || { [ -n "$_a" ] && _P _ netplan >/dev/null; } || { _b s networks',
  'systemctl is-active NetworkManager.service systemd-networkd.service; _b c networks $?; }; }',
  '[ ! -e /sys/fs/selinux/enforce ] || { IFS= read -r _q </sys/fs/selinux/enforce; _m v selinux "$_q"; }',
  `set +f; for _q in /sys/class/net/*; do [ -e "$_q/address" ] || continue; _i=\${_q##*/}; _a=; _l=0`,
  `IFS= read -r _a <"$_q/address"; IFS= read -r _l <"$_q/mtu"; IFS= read -r _x <"$_q/flags"`,
  `_m v "link:$_i" "$_a $_l $_x"; done 2>/dev/null; set -f`,
  '_b s addresses; ip -o addr show; _b c addresses $?',
  // The main table is sorted, the default route is among the first; a whole one may have a million lines.
  '_i=0; while [ "$_i" -lt 4 ] && read -r _a _l _q _x _u _u _u _u _z; do _i=$((_i+1))',
  'case $_l:$_u in 00000000:00000000) _m v route "$_a $_q"; break;; esac; done 2>/dev/null </proc/net/route',
];

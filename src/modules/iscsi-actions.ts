import { type Run, run } from '../model/step.ts';
import { FLUSH } from './flush.ts';
import { type Portal, portalText } from './iscsi-names.ts';
import { IS_WHOLE, RECORDS, SESSIONS } from './iscsi-state.ts';

/**
 * Takes away records of portal $3:$4 that were never written whole, for after a power cut they may be empty: iscsiadm neither
 * replaces nor deletes those. `left` says that there is another.
 */
const SWEEP = `left=
for record in ${RECORDS}; do
  case \${record##*/} in "$3,$4" | "$3,$4,"*) ;; *) continue ;; esac
  file=$record
  [ ! -d "$record" ] || file=$record/default
  [ -f "$file" ] || continue
  if ${IS_WHOLE}; then left=yes; continue; fi
  rm -f "$file" || exit
  [ ! -d "$record" ] || rmdir "$record" "\${record%/*}" 2>/dev/null
done`;

/**
 * Makes the record of portal $2 (address $3, port $4) of target $1 where $5 names its portal group, and sets what stdin
 * says in it: lines of \`name = value\`, without a value it goes. So a password is in no process's arguments, as it would
 * be with iscsiadm -v.
 */
const RECORD = `${FLUSH}
wanted=$(cat)
${SWEEP}
[ -z "$5" ] || said=$(iscsiadm -m node -o new -T "$1" -p "$2,$5" 2>&1) || { echo "$said" >&2; exit 1; }
for record in ${RECORDS}; do
  case \${record##*/} in "$3,$4" | "$3,$4,"*) ;; *) continue ;; esac
  file=$record
  [ ! -d "$record" ] || file=$record/default
  [ -f "$file" ] || continue
  new=$(mktemp "\${record%/nodes/*}/.troupe.XXXXXX") || exit
  printf '%s\\n' "$wanted" | awk '
    NR == FNR { at = index($0, " = "); name = substr($0, 1, at - 1); names[++count] = name
      values[name] = substr($0, at + 3); next }
    /^# END RECORD/ { for (i = 1; i <= count; i++) if (values[names[i]] != "") print names[i] " = " values[names[i]] }
    { at = index($0, " = "); if (at == 0 || !(substr($0, 1, at - 1) in values)) print }
  ' - "$file" >"$new" && flush "$new" && mv -f "$new" "$file" || { rm -f "$new"; exit 1; }
  done=yes
done
[ "$done" = yes ] || { echo "iscsiadm has made no record of $2" >&2; exit 1; }`;

/** Waits until udev has made the links of LUNs $4 of portal $2 (as in links: $3). */
const AWAIT = `for lun in $4; do
  link=/dev/disk/by-path/ip-$3-iscsi-$1-lun-$lun
  left=30
  until [ -e "$link" ]; do
    [ $left -gt 0 ] || { echo "No disk came for LUN $lun within 30 s: $link is not there. Does the target map it to this initiator?" >&2; exit 1; }
    left=$((left - 1))
    sleep 1
  done
done
! command -v udevadm >/dev/null || udevadm settle -t 30`;

/** Exit statuses of iscsiadm: iscsi_err.h, iscsiadm(8). 15: there is such a session already. */
const LOGIN = `said=$(iscsiadm -m node -T "$1" -p "$2" --login 2>&1)
status=$?
name=$(sed -n 's/^InitiatorName=//p' /etc/iscsi/initiatorname.iscsi)
case $status in
  0 | 15) ;;
  24) echo "$2 refuses this initiator: either the target's list does not have its name, $name, or the CHAP user or password is another." ;;
  19) echo "$2 refuses the login: it has no target $1, or not for this initiator, $name." ;;
  4 | 8 | 11) echo "No login at $2 in time: either nobody listens there, or the network lets nobody through, or it has no target $1 (LIO hangs up then)." ;;
  12) echo "This kernel has no iscsi_tcp." ;;
  18 | 20) echo "iscsid does not answer: systemctl status iscsid.socket iscsid.service" ;;
  *) echo "The login at $2 failed." ;;
esac >&2
[ $status = 0 ] || [ $status = 15 ] || { echo "$said" >&2; exit $status; }
${AWAIT}`;

const RESCAN = `said=$(iscsiadm -m node -T "$1" -p "$2" --rescan 2>&1) || { echo "$said" >&2; exit 1; }
${AWAIT}`;

/** By the session's number: there may be no record of it. Buffers of its disks are written first. */
const LOGOUT = `${SESSIONS}
portal="$2 $3"
each() {
  [ "$2 $3" = "$portal" ] || return 0
  sync
  iscsiadm -m session -r "\${1##*/session}" --logout || echo failed
}
said=$(sessions "$1" 2>&1)
case $said in *failed) echo "$said" >&2; exit 1 ;; esac`;

const DELETE = `${SWEEP}
[ -z "$left" ] || said=$(iscsiadm -m node -T "$1" -p "$2" -o delete 2>&1) || { echo "$said" >&2; exit 1; }`;

const script = (text: string, ...words: readonly string[]): Run => run(['sh', '-c', text, 'sh', ...words]);
const link = ({ address, port }: Portal): string => `${address}:${port}`;

/** Makes a record (where `group` is given) and sets values in it by name; '' takes one away. */
export const setRecord = (
  target: string,
  portal: Portal,
  group: number | undefined,
  values: Readonly<Record<string, string>>,
): Run => ({
  ...script(
    RECORD,
    target,
    portalText(portal),
    portal.address,
    String(portal.port),
    group === undefined ? '' : String(group),
  ),
  stdin: Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join(''),
  secretStdin: true,
});

/** Logs in, and waits for the links of these LUNs. */
export const login = (target: string, portal: Portal, luns: readonly number[]): Run =>
  script(LOGIN, target, portalText(portal), link(portal), luns.join(' '));

/** Looks for new LUNs of this target, and waits for their links. */
export const rescan = (target: string, portal: Portal, luns: readonly number[]): Run =>
  script(RESCAN, target, portalText(portal), link(portal), luns.join(' '));

export const logout = (target: string, portal: Portal): Run =>
  script(LOGOUT, target, portal.address, String(portal.port));

export const deleteRecord = (target: string, portal: Portal): Run =>
  script(DELETE, target, portalText(portal), portal.address, String(portal.port));

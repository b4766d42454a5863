import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { type Portal, portalText } from './iscsi-names.ts';

/** Exit statuses of the probes, where they cannot look. */
export const NO_ISCSIADM = 3;
export const NOT_ROOT = 4;

/**
 * Runs `each SESSION ADDRESS PORT` for every session with target $1, which is a directory of sysfs. The persistent address
 * is the one that was asked for; at login a target may send elsewhere (scsi_transport_iscsi.c of the kernel).
 */
export const SESSIONS = `sessions() {
  for session in /sys/class/iscsi_session/session*; do
    [ -e "$session" ] && [ "$(cat "$session/targetname")" = "$1" ] || continue
    for connection in /sys/class/iscsi_connection/connection"\${session##*/session}":*; do
      [ ! -e "$connection" ] ||
        each "$session" "$(cat "$connection/persistent_address")" "$(cat "$connection/persistent_port")"
    done
  done
}`;

/** Records: /etc/iscsi/nodes on Debian 12, /var/lib/iscsi/nodes on RHEL and with open-iscsi 2.1.9 (its Changelog). */
export const RECORDS = '/etc/iscsi/nodes/"$1"/*,* /var/lib/iscsi/nodes/"$1"/*,*';

/** True for the record in $file where it was written to its end: iscsiadm does not wait until the disk has it. */
export const IS_WHOLE = `grep -q '^# END RECORD' "$file"`;

/** What the startup of a record is told as that was never written whole. */
export const UNFINISHED = 'unfinished';

/**
 * A line for each record and session of target $1, and for each LUN of $2 whose link udev has made; passwords as SHA-256. A
 * portal's record is a file of \`name = value\` for each interface, ours is \`default\`, or just that file (idbm.c).
 */
const STATE = `command -v iscsiadm >/dev/null || exit ${NO_ISCSIADM}
[ "$(id -u)" = 0 ] || exit ${NOT_ROOT}
value() { sed -n "s/^node.$1 = //p" "$file" | head -n 1; }
digest() { said=$(value "$1"); [ -z "$said" ] || printf %s "$said" | sha256sum | cut -d ' ' -f 1; }
target=$1 luns=$2
${SESSIONS}
each() {
  echo "session $2 $3"
  for lun in $luns; do
    [ ! -e "/dev/disk/by-path/ip-$2:$3-iscsi-$target-lun-$lun" ] || echo "lun $2 $3 $lun"
  done
}
{
  sessions "$1"
  for record in ${RECORDS}; do
    file=$record
    [ ! -d "$record" ] || file=$record/default
    [ -f "$file" ] || continue
    portal=\${record##*/}
    rest=\${portal#*,}
    ${IS_WHOLE} || { echo "node \${portal%%,*} \${rest%%,*} startup=${UNFINISHED}"; continue; }
    echo "node \${portal%%,*} \${rest%%,*} startup=$(value startup) auth=$(value session.auth.authmethod)" \\
      "user=$(value session.auth.username) password=$(digest session.auth.password)" \\
      "user_in=$(value session.auth.username_in) password_in=$(digest session.auth.password_in)"
  done
} | LC_ALL=C sort`;

/** Who holds disks of target $1: a line for each portal, disk and holder. */
const HELD = `${SESSIONS}
each() {
  for block in "$1"/device/target*/*/block/* "$1"/device/target*/*/block/*/*/partition; do
    block=\${block%/partition}
    [ -e "$block/dev" ] || continue
    name=\${block##*/} number=$(cat "$block/dev")
    while read -r _ _ at _ where _; do
      [ "$at" != "$number" ] || printf '%s %s %s is mounted at %b\\n' "$2" "$3" "$name" "$where"
    done </proc/self/mountinfo
    while read -r swap _; do [ "$swap" != "/dev/$name" ] || echo "$2 $3 $name is used as swap"; done </proc/swaps
    for part in "$block"/holders/*; do [ ! -e "$part" ] || echo "$2 $3 $name is part of \${part##*/}"; done
  done
}
sessions "$1" | LC_ALL=C sort`;

/** What is known of a target on this host. */
export const stateOf = (target: string, luns: readonly number[]): Capture =>
  capture('sh', '-c', STATE, 'sh', target, luns.join(' '));
/** Who holds its disks; after a change before it, a mount that went perhaps, only an apply can tell. */
export const heldOf = (target: string): Capture => ({
  ...capture('sh', '-c', HELD, 'sh', target),
  hangsOn: '/',
});

/** What is managed of a record; passwords are SHA-256 in hex, '' is none. */
export interface Settings {
  readonly startup: string;
  readonly auth: string;
  readonly user: string;
  readonly password: string;
  readonly user_in: string;
  readonly password_in: string;
}

/** All that this host knows of a target, by portals as text. */
export interface State {
  readonly records: ReadonlyMap<string, Settings>;
  readonly sessions: ReadonlySet<string>;
  /** `PORTAL LUN` of those whose device is there. */
  readonly luns: ReadonlySet<string>;
}

export const NOTHING: State = { records: new Map(), sessions: new Set(), luns: new Set() };

/** Reads what `stateOf` answered. */
export function parseState({ stdout }: Captured): State {
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const at = ([, address = '', port = '']: readonly string[]): string =>
    portalText({ address, port: Number(port) });
  const of = (kind: string) => lines.filter((words) => words[0] === kind);
  return {
    records: new Map(of('node').map((words) => [at(words), settingsOf(words.slice(3))])),
    sessions: new Set(of('session').map(at)),
    luns: new Set(of('lun').map((words) => `${at(words)} ${words[3]}`)),
  };
}

function settingsOf(words: readonly string[]): Settings {
  const fields: Partial<Record<string, string>> = Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  const { startup = '', auth = '', user = '', password = '', user_in = '', password_in = '' } = fields;
  return { startup, auth, user, password, user_in, password_in };
}

/** What `stateOf` answers of this state. */
export function printState({ records, sessions, luns }: State): Captured {
  const lines = [
    ...[...records].map(([text, settings]) => {
      const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      return `node ${split(text)} ${words.join(' ')}\n`;
    }),
    ...[...sessions].map((text) => `session ${split(text)}\n`),
    ...[...luns].map((line) => {
      const [text = '', lun] = line.split(' ');
      return `lun ${split(text)} ${lun}\n`;
    }),
  ];
  return { rc: 0, stdout: lines.sort().join(''), stderr: '', missing: false };
}

/** Address and port of a portal's text. */
export function portalOf(text: string): Portal {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

function split(text: string): string {
  const { address, port } = portalOf(text);
  return `${address} ${port}`;
}

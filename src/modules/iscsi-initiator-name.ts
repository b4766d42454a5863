import * as z from 'zod';
import type { UnitState } from '../model/probe.ts';
import { capture, readFile, stat, unit } from '../model/probe-makers.ts';
import { answers, run, type Step, step } from '../model/step.ts';
import { iscsiName } from './iscsi-names.ts';
import { defineModule, refuse } from './module.ts';
import { editRefusal, textOf } from './text-file.ts';

const DIRECTORY = '/etc/iscsi';
const FILE = `${DIRECTORY}/initiatorname.iscsi`;
const DAEMON = 'iscsid.service';

const params = () =>
  z.strictObject({
    name: iscsiName.describe("This host's own name (IQN), which no other host may have."),
  });

type Want = z.output<ReturnType<typeof params>>;

/** Names under which sessions are logged in, a line each; sysfs has them without a program. */
const SESSIONS = capture(
  'sh',
  '-c',
  'cat /sys/class/iscsi_session/session*/initiatorname 2>/dev/null | LC_ALL=C sort -u',
);

/** The name by which targets know this host. */
export const iscsiInitiatorName = defineModule<Want, ReturnType<typeof inspect>>({
  name: 'iscsi_initiator_name',
  doc: `Sets the name by which iSCSI targets know this host: InitiatorName in /etc/iscsi/initiatorname.iscsi.

Write this task before the one that installs open-iscsi: Debian's package makes a name up where there is none, and iscsid
reads it when it starts. Of a running iscsid the name is changed too: it is stopped, and the next iscsiadm starts it again
(iscsid.socket). While sessions are up under another name it is refused, because they would keep that name until they are
lost, and then come back with the new one. Two hosts of one name throw each other's sessions out.`,
  params,
  examples: [{ title: 'Named after the host', params: { name: 'iqn.2026-01.com.example:web1' } }],
  identity: (want) => want.name,
  inspect,
  plan: (want, found) => {
    const refusal = editRefusal(FILE, found.file);
    if (refusal) return refusal;
    const text = textOf(found.file);
    const before = text === undefined ? undefined : nameIn(text);
    const mode = found.itself.exists && found.itself.type === 'file' ? found.itself.mode : 0o600;
    if (before === want.name && mode === 0o600) return [];
    if (before === want.name) {
      const action = { kind: 'setAttributes', path: FILE, mode: 0o600 } as const;
      return [step('mode', octal(mode), octal(0o600), { action })];
    }
    const others = found.sessions.stdout.split('\n').filter((name) => name !== '' && name !== want.name);
    if (others.length > 0) {
      return refuse(
        `Sessions are up under the name ${others.join(', ')}, and would keep it.`,
        'Log out first (iscsi_initiator with state: absent), or leave the name as it is.',
      );
    }
    return [...directorySteps(found.directory.exists), ...stopSteps(found.daemon), ...named(want, before)];
  },
});

function inspect() {
  return {
    file: readFile(FILE),
    itself: stat(FILE),
    directory: stat(DIRECTORY, { follow: true }),
    daemon: unit(DAEMON),
    sessions: SESSIONS,
  };
}

/** iscsid takes the last line of that name (get_iscsi_initiatorname in iscsi_util.c). */
const nameIn = (text: string): string | undefined =>
  text
    .split('\n')
    .flatMap((line) => /^InitiatorName=\s*(\S+)/.exec(line)?.[1] ?? [])
    .at(-1);

const octal = (mode: number): string => `0${mode.toString(8)}`;

function directorySteps(isThere: boolean): readonly Step[] {
  if (isThere) return [];
  return [step('directory', undefined, DIRECTORY, { action: { kind: 'makeDirectory', path: DIRECTORY } })];
}

/** Stopped before the name is written: should that fail, nobody goes on with the old one unseen. */
function stopSteps(now: UnitState): readonly Step[] {
  if (now.active !== 'active') return [];
  const effects = [answers(unit(DAEMON), { ...now, active: 'inactive' })];
  return [step('iscsid', 'active', 'inactive', { action: run(['systemctl', 'stop', DAEMON]), effects })];
}

function named(want: Want, before: string | undefined): readonly Step[] {
  const content = new TextEncoder().encode(`InitiatorName=${want.name}\n`);
  const action = { kind: 'writeFile', path: FILE, content, mode: 0o600 } as const;
  return [step('name', before, want.name, { action })];
}

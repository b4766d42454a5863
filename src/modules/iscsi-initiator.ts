import * as z from 'zod';
import type { Captured } from '../model/probe.ts';
import { program } from '../model/probe-makers.ts';
import { TargetChanges } from './iscsi-changes.ts';
import { iscsiName, portal, portalText } from './iscsi-names.ts';
import { heldOf, NO_ISCSIADM, NOT_ROOT, NOTHING, parseState, type State, stateOf } from './iscsi-state.ts';
import { absentBy, defineModule, type Refusal, refuse } from './module.ts';

/** The record is a file of lines, and a line's end is trimmed (idbm_recinfo_config in idbm.c). */
const WORD = /^[\x21-\x7e]{1,255}$/;
const account = {
  user: z.string().regex(WORD, 'A CHAP user is 1 to 255 ASCII characters without blanks.').describe('User.'),
  password: z
    .string()
    .regex(WORD, 'A CHAP password is 1 to 255 ASCII characters without blanks.')
    .describe('Password, from a secret; 12 characters at least are good (RFC 3720, 8.2.1).'),
};
const params = () =>
  z
    .strictObject({
      target: iscsiName.describe('Name (IQN) of the target.'),
      portals: z
        .array(portal)
        .default([])
        .describe(
          'Where it listens: ADDRESS or ADDRESS:PORT, by default 3260. A session is made through each; several are for multipath.',
        ),
      portal_group: z
        .int()
        .min(0)
        .max(65_535)
        .default(1)
        .describe('Portal group tag; targets mostly have just 1.'),
      luns: z
        .array(z.int().min(0).max(255))
        .default([])
        .describe(
          'LUNs that are expected: it waits for their disks, and looks for those that are not there yet.',
        ),
      chap: z
        .strictObject({
          ...account,
          mutual: z
            .strictObject(account)
            .optional()
            .describe('With what the target, for its part, proves to this host who it is.'),
        })
        .optional()
        .describe('With what this host logs in; left out, without CHAP.'),
      startup: z
        .enum(['automatic', 'manual'])
        .default('automatic')
        .describe('Whether it is logged in to at boot, too.'),
      login: z
        .boolean()
        .default(true)
        .describe('Whether a session is needed now. False leaves one that is there.'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('`absent`: logged out at all portals, and forgotten.'),
    })
    .refine((want) => want.state === 'absent' || want.portals.length > 0, {
      path: ['portals'],
      error: 'Give at least one portal: the address where the target listens.',
    })
    .refine((want) => new Set(want.portals.map(portalText)).size === want.portals.length, {
      path: ['portals'],
      error: 'A portal is listed twice.',
    });

type Want = z.output<ReturnType<typeof params>>;

/** A target that this host is logged in to. */
export const iscsiInitiator = defineModule({
  name: 'iscsi_initiator',
  absence: (want) => absentBy('iscsi_initiator', want, 'target'),
  doc: `Logs in to an iSCSI target, now and after a reboot, with open-iscsi.

Records are made without discovery, which would set their startup back to manual. A change of CHAP or startup is written to
the record and counts from the next login on; a session that is up stays. A portal that is no longer listed is logged out
and forgotten. A session whose disk is mounted, or used otherwise, is not taken away: the task is refused.

- The disk of LUN N is \`/dev/disk/by-path/ip-ADDRESS:PORT-iscsi-TARGET-lun-N\`. Name the expected ones in \`luns\`: a
  later task of the same run can then use them.
- This host's own name is another thing, and comes first: module \`iscsi_initiator_name\`.
- At boot, Debian 12 logs in by open-iscsi.service, RHEL by iscsi.service: it must be enabled. iscsid.socket starts iscsid.
- Passwords are in no process list and in no output; on the host they are in the record, which only root can read.
- It needs iscsiadm: package open-iscsi on Debian, iscsi-initiator-utils on RHEL.`,
  params,
  examples: [
    {
      title: 'A disk, now and after each reboot',
      params: { target: 'iqn.2026-01.com.example:d0', portals: ['10.0.0.5'], luns: [0] },
    },
    {
      title: 'With CHAP, by two ways',
      params: {
        target: 'iqn.2026-01.com.example:d0',
        portals: ['10.0.0.5', '10.0.1.5:3261'],
        chap: { user: 'web1', password: 'from-a-secret' },
      },
    },
    { title: 'Log out', params: { target: 'iqn.2026-01.com.example:d0', state: 'absent' } },
  ],
  identity: (want) => want.target,
  inspect: (want) => ({
    state: stateOf(want.target, want.luns),
    held: heldOf(want.target),
    tool: program('iscsiadm'),
  }),
  plan: (want, found) => {
    const state = read(want, found.state, () => found.tool.path !== undefined);
    if ('refused' in state) return state;
    const listed = new Set(want.state === 'present' ? want.portals.map(portalText) : []);
    const gone = [...new Set([...state.sessions, ...state.records.keys()])].filter((at) => !listed.has(at));
    const ends = gone.filter((at) => state.sessions.has(at));
    const held = ends.length === 0 ? undefined : heldRefusal(want, ends, () => found.held.stdout);
    if (held) return held;
    const changes = new TargetChanges(want, state);
    for (const at of listed) changes.converge(at);
    for (const at of gone.sort()) changes.remove(at);
    return changes.steps;
  },
});

function read(want: Want, answer: Captured, brought: () => boolean): State | Refusal {
  if (answer.rc === 0) return parseState(answer);
  if (answer.rc === NO_ISCSIADM || answer.missing) {
    if (want.state === 'absent' || brought()) return NOTHING;
    return refuse(
      'There is no iscsiadm on this host.',
      'Install it first: package: {name: open-iscsi}, on RHEL iscsi-initiator-utils.',
    );
  }
  if (answer.rc === NOT_ROOT) return refuse('Only root sees the records of iSCSI.', 'Write become: true.');
  return refuse(`The records of ${want.target} cannot be read: ${answer.stderr.trim()}`);
}

function heldRefusal(want: Want, portals: readonly string[], held: () => string): Refusal | undefined {
  const lines = held()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '));
  const ours = lines.filter(([address = '', port = '']) =>
    portals.includes(portalText({ address, port: Number(port) })),
  );
  if (ours.length === 0) return undefined;
  return refuse(
    `${want.target} is in use: ${ours.map((words) => words.slice(2).join(' ')).join(', ')}.`,
    'Unmount it first, and keep it from being mounted again.',
  );
}

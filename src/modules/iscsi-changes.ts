import { hash } from 'node:crypto';
import type { StatFound } from '../model/probe.ts';
import { stat, unit } from '../model/probe-makers.ts';
import { type Action, answers, type Effect, type Shown, type Step, step } from '../model/step.ts';
import { unknown } from '../model/value.ts';
import { contentOf, NO_DISK, uuidOf } from './filesystem-device.ts';
import { deleteRecord, login, logout, rescan, setRecord } from './iscsi-actions.ts';
import { byPath } from './iscsi-names.ts';
import { portalOf, printState, type Settings, type State, stateOf, UNFINISHED } from './iscsi-state.ts';

interface Account {
  readonly user: string;
  readonly password: string;
}
/** What is wanted of a target. */
export interface Wanted {
  readonly target: string;
  readonly portal_group: number;
  readonly luns: readonly number[];
  readonly chap?: (Account & { readonly mutual?: Account | undefined }) | undefined;
  readonly startup: string;
  readonly login: boolean;
}

/** iscsid.socket starts it as soon as iscsiadm asks for it. */
const DAEMON_WAKES = answers(unit('iscsid.service'), unknown('iscsid starts when it is first asked for'));

/** Steps on one target, each of which knows what it leaves behind. */
export class TargetChanges {
  readonly steps: Step[] = [];
  readonly #want: Wanted;
  #state: State;

  constructor(want: Wanted, state: State) {
    this.#want = want;
    this.#state = state;
  }

  /** A portal is to have a record, a session, and the disks of its LUNs. */
  converge(at: string): void {
    const { target, luns } = this.#want;
    this.#record(at);
    if (!this.#want.login) return;
    const missing = luns.filter((lun) => !this.#state.luns.has(`${at} ${lun}`));
    const isNew = !this.#state.sessions.has(at);
    if (!isNew && missing.length === 0) return;
    this.#state = {
      ...this.#state,
      sessions: new Set([...this.#state.sessions, at]),
      luns: new Set([...this.#state.luns, ...missing.map((lun) => `${at} ${lun}`)]),
    };
    const portal = portalOf(at);
    const effects = missing.flatMap((lun) => comes(byPath(target, portal, lun)));
    if (isNew) this.#push(`session ${at}`, undefined, 'logged in', login(target, portal, luns), effects);
    else this.#push(`disks ${at}`, undefined, lunsOf(missing), rescan(target, portal, missing), effects);
  }

  /** A portal is to have neither session nor record. */
  remove(at: string): void {
    const { target } = this.#want;
    const { records, sessions, luns } = this.#state;
    const portal = portalOf(at);
    if (sessions.has(at)) {
      const own = [...luns].filter((line) => line.startsWith(`${at} `));
      const left = {
        sessions: new Set([...sessions].filter((name) => name !== at)),
        luns: new Set([...luns].filter((line) => !own.includes(line))),
      };
      this.#state = { records, ...left };
      const effects = own.flatMap((line) => goes(byPath(target, portal, Number(line.split(' ')[1]))));
      this.#push(`session ${at}`, 'logged in', undefined, logout(target, portal), effects);
    }
    const record = records.get(at);
    if (!record) return;
    this.#state = { ...this.#state, records: new Map([...records].filter(([name]) => name !== at)) };
    this.#push(`record ${at}`, describe(record), undefined, deleteRecord(target, portal));
  }

  #record(at: string): void {
    const { target, portal_group: group } = this.#want;
    const [have, want] = [this.#state.records.get(at), settingsOf(this.#want)];
    this.#state = { ...this.#state, records: new Map([...this.#state.records, [at, want]]) };
    const set = (made: number | undefined): Action =>
      setRecord(target, portalOf(at), made, valuesOf(this.#want));
    if (!have || have.startup === UNFINISHED) {
      this.#push(`record ${at}`, have && describe(have), describe(want), set(group));
      return;
    }
    const keys = KEYS.filter((key) => have[key] !== want[key]);
    for (const [index, key] of keys.entries()) {
      const [before, after] = printed(key, have[key], want[key]);
      // One action sets all, so the first step does it, and the others only tell.
      if (index === 0) this.#push(`${FIELDS[key]} ${at}`, before, after, set(undefined));
      else this.steps.push(step(`${FIELDS[key]} ${at}`, before, after));
    }
  }

  #push(field: string, before: Shown, after: Shown, action: Action, effects: readonly Effect[] = []): void {
    const { target, luns } = this.#want;
    const known = [answers(stateOf(target, luns), printState(this.#state)), DAEMON_WAKES, ...effects];
    this.steps.push(step(field, before, after, { action, effects: known }));
  }
}

const FIELDS: Readonly<Record<keyof Settings, string>> = {
  startup: 'startup',
  auth: 'authentication',
  user: 'CHAP user',
  password: 'CHAP password',
  user_in: "target's CHAP user",
  password_in: "target's CHAP password",
};
const KEYS = Object.keys(FIELDS) as readonly (keyof Settings)[];

/** Before and after of a field as they are printed: of a password only that it is another. */
function printed(key: keyof Settings, before: string, after: string): readonly [Shown, Shown] {
  const isSecret = key === 'password' || key === 'password_in';
  const show = (value: string, other: string): Shown => (value === '' ? undefined : isSecret ? other : value);
  return [show(before, 'another'), show(after, 'as wanted')];
}

const describe = ({ startup, auth, user }: Settings): string =>
  [startup, ...(auth === 'CHAP' ? [`CHAP as ${user}`] : [])].join(', ');

const lunsOf = (luns: readonly number[]): string => luns.map((lun) => `LUN ${lun}`).join(', ');

const sha256 = (text: string): string => hash('sha256', text);

const settingsOf = ({ startup, chap }: Wanted): Settings => ({
  startup,
  auth: chap ? 'CHAP' : 'None',
  user: chap?.user ?? '',
  password: chap ? sha256(chap.password) : '',
  user_in: chap?.mutual?.user ?? '',
  password_in: chap?.mutual ? sha256(chap.mutual.password) : '',
});

/** The same by the names that they have in a record. */
const valuesOf = ({ startup, chap }: Wanted): Readonly<Record<string, string>> => ({
  'node.startup': startup,
  'node.session.auth.authmethod': chap ? 'CHAP' : 'None',
  'node.session.auth.username': chap?.user ?? '',
  'node.session.auth.password': chap?.password ?? '',
  'node.session.auth.username_in': chap?.mutual?.user ?? '',
  'node.session.auth.password_in': chap?.mutual?.password ?? '',
});

/** As udev makes devices of disks: of group disk, which is number 6 on Debian and RHEL. */
const DISK: StatFound = {
  ...{ exists: true, type: 'block', mode: 0o660, size: 0, mtime: Number.NaN },
  ...{ uid: 0, gid: 6, owner: 'root', group: 'disk' },
};

/** A disk comes; nobody knows its name, nor what is on it. */
const comes = (path: string): readonly Effect[] => [
  answers(stat(path, { follow: true }), DISK),
  answers(stat(path), unknown('the disk comes with the login')),
  answers(contentOf(path), unknown('what is on the disk is known after the login')),
  answers(uuidOf(path), unknown('what is on the disk is known after the login')),
];

const goes = (path: string): readonly Effect[] => [
  answers(stat(path), { exists: false }),
  answers(contentOf(path), NO_DISK),
  answers(uuidOf(path), NO_DISK),
];

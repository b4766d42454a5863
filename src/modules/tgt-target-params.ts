import type * as z from 'zod';
import { targetParams } from './iscsi-target-params.ts';

/** What tgt-admin takes without quotes and hands to a shell (tgt-admin, add_backing_direct, execute). */
const PLAIN_PATH = /^[\w./:@%+=,-]+$/;
const PLAIN_SECRET = /^[\w./:@%+=,^-]+$/;

/** Parameters of tgt_target: those of iscsi_target, and what tgtd cannot do of them is refused. */
export const tgtParams = () =>
  targetParams().superRefine((want, issues) => {
    const say = (path: (string | number)[], message: string): void =>
      void issues.addIssue({ code: 'custom', path, message });
    if (want.state === 'absent') return;
    want.luns.forEach(({ lun, path }, at) => {
      if (lun === 0) say(['luns', at, 'lun'], 'tgtd has LUN 0 for itself: begin with 1.');
      if (!PLAIN_PATH.test(path))
        say(
          ['luns', at, 'path'],
          `tgt-admin takes no such path: ${path}. Write letters, digits and ./:@%+=,-_.`,
        );
    });
    const logins = want.acls.flatMap(({ chap }) => (chap ? [chap] : []));
    logins.forEach((chap, at) => {
      const { user, password, mutual } = chap;
      if (![user, password, ...Object.values(mutual ?? {})].every((text) => PLAIN_SECRET.test(text)))
        say(
          ['acls', at, 'chap'],
          'tgt-admin takes no such user or password. Write letters, digits and ./:@%+=,^-_.',
        );
      if (logins.some((other) => other.user === user && other.password !== password))
        say(['acls', at, 'chap'], `${user} has two passwords: tgtd knows users, and not whose they are.`);
      if (mutual?.user === user)
        say(
          ['acls', at, 'chap', 'mutual'],
          'tgtd knows one password a user: take another user for the way back.',
        );
      if (mutual?.user !== logins[0]?.mutual?.user || mutual?.password !== logins[0]?.mutual?.password)
        say(['acls', at, 'chap', 'mutual'], 'A target of tgtd has one user by which it proves who it is.');
    });
  });

/** Parameters of tgt_target after parsing. */
export type TgtWant = z.output<ReturnType<typeof tgtParams>>;

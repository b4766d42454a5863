import { Buffer } from 'node:buffer';
import { type Trouble, trouble } from '../diagnostics/trouble.ts';
import { readyMark } from '../shell/loop.ts';
import type { Channel, ChannelEnd } from './channel.ts';

export interface Becoming {
  readonly host: string;
  /** User asked for; undefined where no sudo is in between. */
  readonly user: string | undefined;
  readonly login: string;
  /** Text that sudo prints when it wants a password. */
  readonly prompt: string;
  readonly password: string | undefined;
  readonly mark: string;
  readonly timeoutMs: number;
}

/** Bytes of output kept for a message: what a login shell greets with may be long. */
const KEPT = 4_000;

/**
 * Waits until the shell says that it is ready; what came besides is left to who listens next. The password goes out only when
 * the prompt has come, once; nothing else is written, because sudo takes whatever comes for its password, and without sudo's
 * wish for one the shell would take the password for a command.
 */
export function awaitReady(channel: Channel, becoming: Becoming): Promise<void> {
  return new Promise((resolve, reject) => {
    const mark = readyMark(becoming.mark);
    const seen = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    let answered = false;
    const refuse = (problem: Trouble): void => {
      clearTimeout(timer);
      channel.listen({ output: () => {}, end: () => {} });
      channel.close();
      reject(problem);
    };
    const finish = (after: Buffer): void => {
      clearTimeout(timer);
      channel.handOn([
        ['stdout', after],
        ['stderr', seen.stderr],
      ]);
      resolve();
    };
    const timer = setTimeout(() => refuse(silent(becoming, seen.stderr.toString())), becoming.timeoutMs);
    channel.listen({
      output: (stream, chunk) => {
        const all = Buffer.concat([seen[stream], chunk]);
        const at = stream === 'stdout' ? all.indexOf(mark) : -1;
        if (at >= 0) return finish(all.subarray(at + mark.length));
        seen[stream] = all.subarray(-KEPT);
        if (!seen.stderr.includes(becoming.prompt)) return;
        seen.stderr = Buffer.from(seen.stderr.toString().replace(becoming.prompt, ''));
        if (answered) return refuse(refused(becoming, 'the password is wrong', WRONG));
        if (becoming.password === undefined)
          return refuse(refused(becoming, 'sudo asks for a password', NONE));
        answered = true;
        channel.write(`${becoming.password}\n`);
      },
      end: (how) => refuse(ended(becoming, how, `${seen.stderr}\n${seen.stdout}`)),
    });
  });
}

const WRONG =
  'Check become_password of this host, or what you typed at --ask-become-pass. Nothing was changed.';
const NONE = 'Give it by --ask-become-pass or as the variable become_password, or allow NOPASSWD in sudoers.';

const refused = ({ host, login, user }: Becoming, why: string, help: string): Trouble =>
  trouble('become-refused', `${host}: ${login} cannot become ${user}: ${why}.`, { host, help });

function silent(becoming: Becoming, stderr: string): Trouble {
  const { host, user, timeoutMs } = becoming;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (user !== undefined) {
    return refused(
      becoming,
      `no shell after ${timeoutMs / 1000} s${said ? `; the last it said was: ${said}` : ''}`,
      'Try sudo on the host by hand; its PAM may ask for something else than a password.',
    );
  }
  return trouble('shell-failed', `${host}: no shell after ${timeoutMs / 1000} s.`, {
    host,
    help: 'Log in by ssh by hand: the login shell must run commands without asking anything.',
  });
}

/** What sudo says (in English: it is started with LC_ALL=C), why, and what to do. */
const SAYINGS: readonly (readonly [RegExp, string, string])[] = [
  [
    /must have a tty/,
    'sudo wants a terminal (requiretty)',
    'Take requiretty out of sudoers for this user: Defaults:USER !requiretty. A terminal would spoil binary data.',
  ],
  [
    /not in the sudoers file|may not run sudo/,
    'that user is not in sudoers',
    'Add the user to the sudo or wheel group, or to /etc/sudoers.d.',
  ],
  [
    /is not allowed to execute|not allowed to run/,
    'sudoers does not allow it',
    'sudoers must allow the user to run /bin/sh as that user.',
  ],
  [/unknown user/, 'there is no such user', 'Check become_user.'],
  [
    /sudo: (command )?not found|sudo.?: No such file/,
    'sudo is not installed there',
    'Install sudo on the host, or log in as that user.',
  ],
  [/a (terminal|password) is required/, 'sudo asks for a password', NONE],
];

function ended(becoming: Becoming, how: ChannelEnd, output: string): Trouble {
  const { host, login } = becoming;
  const said = output.trim().split('\n').at(-1) ?? '';
  if (becoming.user !== undefined) {
    const known = SAYINGS.find(([pattern]) => pattern.test(output));
    if (known) return refused(becoming, known[1], known[2]);
    return refused(
      becoming,
      said || 'sudo ended without a word',
      'Try it on the host by hand: sudo -u USER sh.',
    );
  }
  const why = said ? `: ${said}` : '';
  const way = how.code === null ? 'was ended by a signal' : `ended with status ${how.code}`;
  return trouble('shell-failed', `${host}: the shell of ${login} ${way} before it was ready${why}.`, {
    host,
    help: 'The login shell must run `sh`. Log in by ssh by hand to see what it does.',
  });
}

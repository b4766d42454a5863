import type { ConnectOptions, Host, Shell, Target } from '../model/host.ts';
import type { Launch } from './channel.ts';
import { type OpenShell, openShell, type ShellPlan } from './open-shell.ts';
import { ShellSession } from './shell-session.ts';

/** What tests change: which sh runs the loop, and how soon the watchdog bites. */
export interface ShellTuning {
  readonly sh?: string;
  readonly missedAfterS?: number;
}

/** An open way to a host, whatever it goes over. */
export interface Way {
  readonly launch: Launch;
  /** Who logged in. */
  readonly login: string;
  readonly close: () => Promise<void>;
  readonly tuning: ShellTuning;
}

const MISSED_AFTER_S = 60;
/** A busy host takes its time for sudo and PAM. */
const SHELL_MS = 30_000;

/** Opens the shells asked for, at the same time, and makes a `Host` of them. */
export async function openHost(target: Target, options: ConnectOptions, way: Way): Promise<Host> {
  const sessions = new Map<string, Promise<{ session: ShellSession; open: OpenShell }>>();
  const plan = (user: string): ShellPlan => ({
    host: target.name,
    launch: way.launch,
    become: user === way.login ? undefined : user,
    login: way.login,
    password: target.becomePassword,
    holder: options.lock ? options.holder : undefined,
    timeoutMs: Math.max(target.connectTimeoutMs, SHELL_MS),
    sh: way.tuning.sh ?? 'sh',
    missedAfterS: way.tuning.missedAfterS ?? MISSED_AFTER_S,
  });
  const session = (asked: string | undefined): Promise<{ session: ShellSession; open: OpenShell }> => {
    const user = asked || way.login;
    const known = sessions.get(user);
    if (known) return known;
    const how = plan(user);
    const opening = openShell(how).then((open) => ({ session: new ShellSession(how, open), open }));
    sessions.set(user, opening);
    return opening;
  };
  const close = async (): Promise<void> => {
    const opened = await Promise.allSettled(sessions.values());
    await Promise.all(
      opened.map((one) => (one.status === 'fulfilled' ? one.value.session.close() : undefined)),
    );
    await way.close();
  };
  try {
    const users = options.users.length > 0 ? options.users : [way.login];
    const [first] = await Promise.all(users.map(session));
    const { facts } = first?.open ?? (await session(undefined)).open;
    return {
      name: target.name,
      facts,
      shell: async (user?: string): Promise<Shell> => (await session(user)).session,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

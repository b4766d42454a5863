import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { trouble } from '../diagnostics/trouble.ts';
import type { Facts } from '../model/facts.ts';
import type { PendingHandler } from '../model/host.ts';
import type { FrameOutput } from '../shell/frame-output.ts';
import { greeting } from '../shell/handshake.ts';
import { bootstrap, loop, type ReadMode } from '../shell/loop.ts';
import { readFacts, readUid } from '../shell/read-facts.ts';
import { type Tools, toolsFrom } from '../shell/tools.ts';
import { awaitReady } from './await-ready.ts';
import type { ChannelEnd, Launch } from './channel.ts';
import { Wire } from './wire.ts';

/** What a shell is started with; the same again for the one that replaces it. */
export interface ShellPlan {
  readonly host: string;
  readonly launch: Launch;
  /** User to become by sudo; undefined: who logged in. */
  readonly become: string | undefined;
  readonly login: string;
  readonly password: string | undefined;
  /** Text for the lock file; undefined: no lock is taken. */
  readonly holder: string | undefined;
  readonly timeoutMs: number;
  /** It replaces a shell in which something hung, and waits a little for its lock. */
  readonly again?: boolean;
  /** Name or path of the sh that runs the loop. */
  readonly sh: string;
  /** The watchdog ends what runs after so many seconds without a heartbeat. */
  readonly missedAfterS: number;
}

export interface OpenShell {
  readonly wire: Wire;
  readonly mode: ReadMode;
  readonly tools: Tools;
  readonly facts: Facts;
  readonly uid: number;
  readonly stateDirectory: string;
  readonly pending: readonly PendingHandler[];
}

/** A heartbeat goes out this often while an action runs. */
export const HEARTBEAT_MS = 15_000;

/** Longer than the watchdog takes to kill what hangs. */
const LOCK_WAIT_S = 10;

const secret = (): string => randomBytes(16).toString('hex');

/**
 * Starts a loop, through sudo where another user is asked for, and shakes hands: two round trips with ssh's own, and one
 * more through sudo.
 */
export async function openShell(plan: ShellPlan): Promise<OpenShell> {
  const [mark, prompt, nonce] = [secret(), secret(), secret()];
  const lock =
    plan.holder === undefined ? undefined : { holder: plan.holder, waitS: plan.again ? LOCK_WAIT_S : 0 };
  const text = Buffer.from(loop(nonce, plan.missedAfterS, greeting(lock)));
  const start = bootstrap(plan.sh, mark, text.length);
  const sudo = ['env', 'LC_ALL=C', 'sudo', '-H', '-S', '-p', prompt, '-u', plan.become ?? '', '--'];
  const channel = await plan.launch(plan.become === undefined ? start : [...sudo, ...start]);
  const { host, login, password, timeoutMs } = plan;
  // Where no sudo stands in between, the loop need not wait for a word of the shell.
  const sent = plan.become === undefined;
  if (sent) channel.write(text);
  const becoming = { host, user: plan.become, login, prompt, password, mark, timeoutMs };
  await awaitReady(channel, becoming);
  const wire = new Wire(channel, nonce, (how) => lost(plan, how));
  const timer = setTimeout(() => wire.abandon(), Math.max(timeoutMs, 30_000));
  try {
    const frame = await wire.request(sent ? undefined : text, { limit: () => 1024 * 1024 });
    // What cannot even be killed keeps the lock, and so keeps it for us.
    if (lock && !(plan.again && frame.values.get('lock') === 'n')) requireLock(plan, frame);
    return read(wire, plan, frame);
  } catch (error) {
    wire.abandon();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function read(wire: Wire, { login }: ShellPlan, frame: FrameOutput): OpenShell {
  const paths = new Map<string, string>();
  for (const [key, value] of frame.values) if (key.startsWith('tool:')) paths.set(key.slice(5), value);
  const mode = frame.values.get('read');
  return {
    wire,
    mode: mode === 'h' || mode === 'd' ? mode : 'r',
    tools: toolsFrom(paths, frame.values.has('busybox')),
    facts: readFacts(frame, login),
    uid: readUid(frame),
    stateDirectory: frame.values.get('state') ?? '/var/lib/troupe',
    pending: readPending(frame.sections.get('pending')?.text() ?? '[]'),
  };
}

/** Handlers as they were kept; what cannot be read counts as none, a run then just does not make up for them. */
function readPending(text: string): readonly PendingHandler[] {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return [];
    return list.flatMap((one: Partial<Record<keyof PendingHandler, unknown>>) =>
      typeof one?.playbook === 'string' && typeof one.role === 'string' && typeof one.name === 'string'
        ? [{ playbook: one.playbook, role: one.role, name: one.name }]
        : [],
    );
  } catch {
    return [];
  }
}

function requireLock({ host }: ShellPlan, frame: FrameOutput): void {
  const state = frame.values.get('lock');
  if (state === 'y') return;
  if (state === 'missing') {
    throw trouble('missing-tool', `${host}: there is no flock to lock the host with.`, {
      host,
      help: 'Install util-linux on the host.',
    });
  }
  if (state === 'n') {
    const holder = frame.sections.get('holder')?.text().trim() || 'somebody';
    throw trouble('locked', `${host}: another run is changing this host: ${holder}.`, {
      host,
      help: 'Wait until it has ended. If it was cut off, a command of it may still run there; the lock goes with it.',
    });
  }
  throw trouble('lock-failed', `${host}: the lock file cannot be written.`, {
    host,
    help: 'Is the disk full or mounted read-only? State lives in /var/lib/troupe, or in ~/.local/state/troupe.',
  });
}

function lost({ host }: ShellPlan, how: ChannelEnd): Error {
  const way = how.signal ? ` (${how.signal})` : '';
  return trouble('connection-lost', `${host}: the connection ended in the middle of the work${way}.`, {
    host,
    help: 'Run it again: what is done stays done, and the rest follows.',
  });
}

import { trouble } from '../diagnostics/trouble.ts';
import type { Facts } from '../model/facts.ts';
import type {
  Connect,
  ConnectOptions,
  Host,
  PendingHandler,
  Request,
  Response,
  Shell,
} from '../model/host.ts';
import type { Answer, Capture, Captured, Probe, ProbeFailure, Stat } from '../model/probe.ts';
import { probeKey } from '../model/probe-makers.ts';
import { type Action, type Effect, type Outcome, stepOfAction } from '../model/step.ts';
import { isUnknown } from '../model/value.ts';
import { Overlay } from '../shell/overlay.ts';
import { bareAnswer } from './fake-bare.ts';
import { failureOf } from './fake-failure.ts';
import { type Belongings, FAKE_FACTS, furnish } from './fake-world.ts';

const HANDLERS = '/var/lib/troupe/handlers.json';
const DONE: Outcome = { rc: 0, stdout: '', stderr: '', timedOut: false, ok: true, cutBytes: 0 };

/** How a fake host is at the start, and how it misbehaves. */
export interface FakeHostOptions extends Belongings {
  readonly facts?: Partial<Facts>;
  /** What an action comes to; undefined where it simply works. An outcome with a bad `rc` makes the action fail. */
  readonly outcome?: (action: Action) => Partial<Outcome> | undefined;
  /** A probe that cannot be answered. */
  readonly refusesProbe?: (probe: Probe) => ProbeFailure | undefined;
  /** What a program prints that looks at the host as it is then; undefined where `captures` say it. */
  readonly prints?: (probe: Capture, host: FakeHost) => Captured | undefined;
  /** A request that never comes back, until the host is closed. */
  readonly hangs?: (request: Request) => boolean;
  /** The connection fails, with this as its reason. */
  readonly unreachable?: string;
}

/**
 * A host in memory, for tests: a bare Debian and an overlay that remembers what was done to it. A program that is run
 * has no effect but those that its step declares. It lives on between connections, as a machine does.
 */
export class FakeHost {
  readonly overlay = new Overlay();
  /** All that were done, in order, those that failed too. */
  readonly actions: Action[] = [];
  readonly requests: { readonly user: string; readonly request: Request }[] = [];
  readonly facts: Facts;
  readonly #options: FakeHostOptions;
  readonly #held: ReadonlyMap<string, Answer>;
  #lockedBy: string | undefined;

  constructor(options: FakeHostOptions = {}) {
    this.#options = options;
    this.facts = { ...FAKE_FACTS, ...options.facts };
    this.#held = furnish(this.overlay, options);
  }

  /** Requests of all shells since the host was made. */
  get frames(): number {
    return this.requests.length;
  }

  /** Programs that were run, each as one line. */
  get commands(): readonly string[] {
    return this.actions.flatMap((action) => (action.kind === 'run' ? [action.argv.join(' ')] : []));
  }

  /** What the host says now. */
  answer(probe: Probe): Answer {
    const printed = probe.kind === 'capture' ? this.#options.prints?.(probe, this) : undefined;
    if (printed) return printed;
    const bare =
      this.#held.get(probeKey(probe)) ?? this.#held.get(probeKey(plain(probe))) ?? bareAnswer(probe);
    const patched = this.overlay.patch(probe, bare as never) as Answer;
    if (!isUnknown(patched)) return patched;
    // What is behind a link is the host's own, too.
    const real = this.overlay.behind(probe);
    if ('path' in probe && real !== undefined && real !== probe.path)
      return this.answer({ ...probe, path: real });
    // A package that nobody declared brought nothing.
    return bare;
  }

  /** Text of a file; undefined where there is none. */
  text(path: string): string | undefined {
    const read = this.answer({ kind: 'readFile', path });
    return 'content' in read && read.content ? new TextDecoder().decode(read.content) : undefined;
  }

  /** Does one action, as `user`. */
  act(action: Action, user: string): Outcome {
    this.actions.push(action);
    const told = this.#options.outcome?.(action);
    const outcome = { ...DONE, ...this.#byItself(action), ...told };
    const ok = told?.ok ?? accepted(action, outcome);
    if (!ok) return { ...outcome, ok };
    const step = stepOfAction(action);
    if (step) this.overlay.apply({ ...step, effects: step.effects.filter(isTold) }, user);
    else this.overlay.act(action, user);
    return { ...outcome, ok };
  }

  /** Opens a connection. */
  async connect(name: string, options: ConnectOptions): Promise<Host> {
    if (this.#options.unreachable !== undefined) {
      throw trouble('unreachable', `${name} cannot be reached: ${this.#options.unreachable}.`, {
        host: name,
      });
    }
    if (options.lock && this.#lockedBy !== undefined) {
      throw trouble('locked', `${name} is being changed by ${this.#lockedBy}.`, { host: name });
    }
    if (options.lock) this.#lockedBy = options.holder;
    const closed = new AbortController();
    const shells = new Map<string, Shell>();
    const shell = async (user = ''): Promise<Shell> => {
      const known =
        shells.get(user) ?? this.#shell(name, user === '' ? this.facts.user : user, closed.signal);
      shells.set(user, known);
      return known;
    };
    for (const user of options.users) await shell(user);
    const close = async (): Promise<void> => {
      if (options.lock) this.#lockedBy = undefined;
      closed.abort();
    };
    return { name, facts: this.facts, shell, close };
  }

  #shell(name: string, user: string, closed: AbortSignal): Shell {
    let frames = 0;
    return {
      user,
      stateDirectory: '/var/lib/troupe',
      pendingHandlers: JSON.parse(this.text(HANDLERS) ?? '[]') as readonly PendingHandler[],
      keepHandlers,
      get frames() {
        return frames;
      },
      send: async (request) => {
        frames += 1;
        this.requests.push({ user, request });
        if (this.#options.hangs?.(request)) await untilClosed(name, closed);
        return this.#respond(request, user);
      },
    };
  }

  #respond(request: Request, user: string): Response {
    const answers = new Map<number, Answer | ProbeFailure>();
    const outcomes = new Map<number, Outcome>();
    for (const part of request.parts) {
      if (part.kind === 'probe') {
        answers.set(part.id, this.#options.refusesProbe?.(part.probe) ?? this.answer(part.probe));
        continue;
      }
      const outcome = this.act(part.action, user);
      outcomes.set(part.id, outcome);
      if (outcome.stdout !== '') request.onOutput?.(part.id, 'stdout', outcome.stdout);
      if (outcome.stderr !== '') request.onOutput?.(part.id, 'stderr', outcome.stderr);
      if (!outcome.ok) break;
    }
    return { answers, outcomes };
  }

  #byItself(action: Action): Partial<Outcome> {
    const look = (path: string, follow: boolean) => this.answer({ kind: 'stat', path, follow }) as Stat;
    const behind = (path: string) => this.overlay.behind({ kind: 'readFile', path }) ?? path;
    const failure = failureOf(action, look, behind);
    return failure === undefined ? {} : { rc: 1, stderr: failure };
  }
}

/** A package without the question what it would bring, which most fake hosts cannot answer. */
function plain(probe: Probe): Probe {
  if (probe.kind !== 'package') return probe;
  const { contents: _contents, ...rest } = probe;
  return rest;
}

/** A `Connect` to fake hosts by name; a name that is not among them cannot be reached. */
export function fakeConnect(hosts: Readonly<Record<string, FakeHost>>): Connect {
  return async (target, options) => {
    const host = hosts[target.name];
    if (!host)
      throw trouble('unreachable', `${target.name} cannot be reached: no such host.`, { host: target.name });
    return host.connect(target.name, options);
  };
}

/** False for what only the real thing knows. */
const isTold = (effect: Effect): boolean =>
  effect.kind !== 'hides' && (effect.kind !== 'answers' || !isUnknown(effect.answer));

function accepted(action: Action, outcome: Outcome): boolean {
  const okStatus = action.kind === 'run' ? (action.okStatus ?? [0]) : [0];
  const timedOut = outcome.timedOut && !(action.kind === 'wait' && action.onTimeout === 'continue');
  return !timedOut && (okStatus === 'any' || okStatus.includes(outcome.rc));
}

function keepHandlers(pending: readonly PendingHandler[]): readonly Action[] {
  if (pending.length === 0) return [{ kind: 'remove', path: HANDLERS }];
  const content = new TextEncoder().encode(JSON.stringify(pending));
  return [{ kind: 'writeFile', path: HANDLERS, content, mode: 0o600 }];
}

async function untilClosed(name: string, closed: AbortSignal): Promise<void> {
  if (!closed.aborted)
    await new Promise((resolve) => closed.addEventListener('abort', resolve, { once: true }));
  throw trouble('unreachable', `The connection to ${name} was closed.`, { host: name });
}

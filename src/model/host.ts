import type { Facts } from './facts.ts';
import type { Answer, Probe, ProbeFailure } from './probe.ts';
import type { Action, Outcome } from './step.ts';

/** How to reach a host: the connection variables of an inventory, parsed. */
export interface Target {
  readonly name: string;
  /** `ssh`, or `local` (this machine, no ssh). */
  readonly connection: 'ssh' | 'local';
  readonly address: string;
  readonly port?: number;
  readonly user?: string;
  readonly identityFile?: string;
  readonly knownHostsFile?: string;
  readonly proxyJump?: string;
  /** Password for sudo, asked for with --ask-become-pass or from the variable become_password. */
  readonly becomePassword?: string;
  readonly connectTimeoutMs: number;
}

/**
 * One request to a shell: parts in order, one frame there and one back. When an action fails, the parts after it are
 * not run and have no answer.
 */
export interface Request {
  readonly parts: readonly Part[];
  /** Output of actions while they run. */
  readonly onOutput?: (id: number, stream: 'stdout' | 'stderr', text: string) => void;
}

export type Part =
  | { readonly kind: 'probe'; readonly id: number; readonly probe: Probe }
  | { readonly kind: 'action'; readonly id: number; readonly action: Action };

/** What came back, by part id. */
export interface Response {
  readonly answers: ReadonlyMap<number, Answer | ProbeFailure>;
  readonly outcomes: ReadonlyMap<number, Outcome>;
}

export const isProbeFailure = (answer: Answer | ProbeFailure): answer is ProbeFailure => 'failed' in answer;

/** A handler that was notified and has not run yet, as it is kept on the target. */
export interface PendingHandler {
  readonly playbook: string;
  readonly role: string;
  readonly name: string;
}

/** One long-lived sh on a host, as one user. Requests are answered one after another. */
export interface Shell {
  readonly user: string;
  send(request: Request): Promise<Response>;
  /** Folder of the user's state on the host: pending handlers, manifest, lock. */
  readonly stateDirectory: string;
  /** Handlers that an earlier run left behind, read when the shell started. */
  readonly pendingHandlers: readonly PendingHandler[];
  /** An action that replaces the kept list; part of a request like any other. An empty list removes the file. */
  keepHandlers(pending: readonly PendingHandler[]): readonly Action[];
  /** Request frames sent since the shell was ready. */
  readonly frames: number;
}

/** An open connection to a host. All failures are `Trouble`s: unreachable, refused key, wrong sudo password, locked. */
export interface Host {
  readonly name: string;
  readonly facts: Facts;
  /** The shell of a user ('' or undefined: who logged in); opened on first use, one per user. */
  shell(user?: string): Promise<Shell>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Take the lock of each shell's state directory: two applies never meet on a host. Plans take none. */
  readonly lock: boolean;
  /** Named in the refusal of whoever comes second: user@machine, command, time. */
  readonly holder: string;
  /** Users whose shells are opened at once with the connection. */
  readonly users: readonly string[];
}

/** Opens a connection. Throws `Trouble` with code `unreachable`, `host-key-changed`, `become-refused`, `locked` … */
export type Connect = (target: Target, options: ConnectOptions) => Promise<Host>;

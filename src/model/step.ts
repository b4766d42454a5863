import type { Content } from './content.ts';
import type { Answer, AnswerTo, Probe } from './probe.ts';
import type { Unknown } from './value.ts';

/** What may be done to a host: a closed set, as data; `shell/` quotes every argument in one place. */
export type Action = Run | WriteFile | MakeDirectory | SetAttributes | MakeLink | Remove | Wait | FetchFile;

/** Runs a program. Fails on an exit status that is not among `okStatus` (default: just 0). */
export interface Run {
  readonly kind: 'run';
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** What it reads holds a secret: no saved plan keeps it. */
  readonly secretStdin?: true;
  readonly okStatus?: readonly number[] | 'any';
  /** No deadline when left out. */
  readonly timeoutMs?: number;
}
/** Replaces a file atomically (temporary file in the same directory, fsync by `sync` where there is one, rename). */
export interface WriteFile {
  readonly kind: 'writeFile';
  readonly path: string;
  readonly content: Content;
  /** Left out: as the file has it now, 0o644 for a new one. */
  readonly mode?: number;
  /** Name or number as text. Left out: as the file has it now, the acting user for a new one. */
  readonly owner?: string;
  readonly group?: string;
  /** Program that must accept the temporary file before it goes live; `%s` in an argument is its path. */
  readonly validate?: readonly string[];
}
/** Makes a directory; missing parents too, with mode 0o755. */
export interface MakeDirectory {
  readonly kind: 'makeDirectory';
  readonly path: string;
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
}
/** Sets mode and owner of what is there. */
export interface SetAttributes {
  readonly kind: 'setAttributes';
  readonly path: string;
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  readonly recurse?: boolean;
}
/** Makes or replaces a symbolic link, atomically. */
export interface MakeLink {
  readonly kind: 'makeLink';
  readonly path: string;
  readonly target: string;
}
/** Removes a file, a link or (recursively) a directory; never crosses into another file system. */
export interface Remove {
  readonly kind: 'remove';
  readonly path: string;
}
/** Runs a read-only check again and again until it exits 0. */
export interface Wait {
  readonly kind: 'wait';
  readonly until: readonly string[];
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** What happens when time is up: the action fails, or the steps after it go on. */
  readonly onTimeout: 'fail' | 'continue';
  /** Completes "waited … s for …". */
  readonly what: string;
}

/** Copies a file of the host to this machine: atomically, with the directories above it, readable by its owner only. */
export interface FetchFile {
  readonly kind: 'fetchFile';
  readonly from: string;
  /** Absolute path on this machine. */
  readonly to: string;
  /** SHA-256 that what arrives must have; left out where it may have become another meanwhile. */
  readonly sha256?: string;
}

/** What a step makes true beyond what its action says by itself: later tasks of a dry run see it over the host. */
export type Effect =
  /** The probe would then answer so; unknown where that hangs on what the step does. */
  | { readonly kind: 'answers'; readonly probe: Probe; readonly answer: Answer | Unknown }
  /** A program does to files what this action would: setfacl sets a mode, truncate makes a file. */
  | { readonly kind: 'acts'; readonly action: Action }
  /** What was seen at and below a path is so no more, and nobody knows what is there instead: something is mounted over it. */
  | { readonly kind: 'hides'; readonly path: string; readonly reason: string }
  /**
   * Packages come. `brings` is all they bring that was not there; left out, it is not known, and whatever is absent may
   * then be there.
   */
  | { readonly kind: 'installs'; readonly packages: readonly string[]; readonly brings?: readonly Brought[] }
  /** Packages go, and take these with them; left out, what is there now may then be gone. */
  | { readonly kind: 'uninstalls'; readonly packages: readonly string[]; readonly takes?: readonly Probe[] }
  /** A kernel module comes: parameters that the kernel did not have may then be there. */
  | { readonly kind: 'loads'; readonly module: string };

/** What a probe answers once a package is there, unless the host had it before. Unknown: it is there, and nobody knows how. */
export interface Brought {
  readonly probe: Probe;
  readonly answer: Answer | Unknown;
}

/** A value as a diff prints it; undefined is "absent". */
export type Shown =
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly string[]
  | { readonly bytes: Uint8Array }
  | LargeBytes;

/** Bytes that are not at hand, because they are many. */
export interface LargeBytes {
  readonly size: number;
  readonly sha256: string;
}

/** One change to a host: what is printed and what is done, in one value. The diff prints it, apply runs it. */
export interface Step {
  /** `+` comes into being, `~` changes, `-` goes away: the printed first character. */
  readonly sign: '+' | '~' | '-';
  /** The field that differs, as its users call it: `content`, `mode`, `live value`. */
  readonly field: string;
  readonly before: Shown;
  readonly after: Shown;
  /** Path for the header of a unified diff, where before and after are bytes. */
  readonly path?: string;
  /** Left out where another step's action does this one too. */
  readonly action?: Action;
  readonly effects: readonly Effect[];
  /** False for what by nature never rests: a command, a restart. It is not expected to vanish when inspected again. */
  readonly converges: boolean;
  /** False for what alters nothing (waiting): such a step does not make its task changed. */
  readonly changes: boolean;
}

/** What an action did. `timedOut`: its deadline passed (a `Wait` that went on has rc 0 and timedOut). */
export interface Outcome {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** False where the program's exit status, or a deadline, makes the action a failure. */
  readonly ok: boolean;
  /** Bytes cut from the end of stdout or stderr because they passed the limit; 0 mostly. */
  readonly cutBytes: number;
}

type StepOptions = Partial<Pick<Step, 'path' | 'action' | 'effects' | 'converges' | 'changes' | 'sign'>>;

/** Makes a step; the sign follows from which of before and after is undefined. */
export function step(field: string, before: Shown, after: Shown, options: StepOptions = {}): Step {
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~';
  const made: Step = {
    sign,
    field,
    before,
    after,
    effects: [],
    converges: true,
    changes: true,
    ...options,
  };
  if (made.action) makers.set(made.action, made);
  return made;
}

const makers = new WeakMap<Action, Step>();

/** The step that an action was made for: a fake host gets actions alone, and learns its effects from there. */
export const stepOfAction = (action: Action): Step | undefined => makers.get(action);

/** A step where before and after differ, none where they are the same. Compares scalars and flat lists. */
export function differs(
  field: string,
  before: Shown,
  after: Shown,
  options: StepOptions = {},
): readonly Step[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [step(field, before, after, options)];
}

/** An effect: once the step is done, `probe` would answer `answer`. */
export const answers = <P extends Probe>(probe: P, answer: AnswerTo<P> | Unknown): Effect => ({
  kind: 'answers',
  probe,
  answer: answer as Answer | Unknown,
});

export const run = (argv: readonly string[], options: Omit<Run, 'kind' | 'argv'> = {}): Run => ({
  kind: 'run',
  argv,
  ...options,
});

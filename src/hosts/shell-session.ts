import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { LocalFile } from '../model/content.ts';
import type { Part, PendingHandler, Request, Response, Shell } from '../model/host.ts';
import type { Answer, ProbeFailure } from '../model/probe.ts';
import type { Action, Outcome } from '../model/step.ts';
import { outcome } from '../shell/actions/action-piece.ts';
import { lostKey, otherKey } from '../shell/actions/upload.ts';
import { type Frame, frameOfOne } from '../shell/compile-request.ts';
import { framesFor } from '../shell/compiled-before.ts';
import { type ReadMode, requestFrame, withLibrary } from '../shell/loop.ts';
import { failure, type Piece } from '../shell/piece.ts';
import { answerHere, isHere } from './answer-here.ts';
import { type OpenShell, openShell, type ShellPlan } from './open-shell.ts';
import { ReceivedFile } from './receive-file.ts';
import { type FrameResult, runFrame } from './run-frame.ts';
import { sendByChunks, sendFile, whyOther } from './send-file.ts';

/** Output kept of a capture or an action, on each stream. */
const OUTPUT_LIMIT = 1024 * 1024;
const GOODBYE_MS = 2_000;

/** A `Shell` over a loop; replaces the loop by a fresh one when a probe hangs in it. */
export class ShellSession implements Shell {
  readonly user: string;
  readonly pendingHandlers: readonly PendingHandler[];
  frames = 0;
  private open: OpenShell;
  /** The shell that has the library. */
  private taught: OpenShell | undefined;
  private readonly plan: ShellPlan;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(plan: ShellPlan, open: OpenShell) {
    this.plan = plan;
    this.open = open;
    this.user = plan.become ?? plan.login;
    this.pendingHandlers = open.pending;
  }

  get stateDirectory(): string {
    return this.open.stateDirectory;
  }

  send(request: Request): Promise<Response> {
    const answer = this.queue.then(() => this.answer(request));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  keepHandlers(pending: readonly PendingHandler[]): readonly Action[] {
    const directory = this.open.stateDirectory;
    const path = `${directory}/pending.json`;
    if (pending.length === 0) return [{ kind: 'remove', path }];
    const content = Buffer.from(`${JSON.stringify(pending, null, 1)}\n`);
    return [
      { kind: 'makeDirectory', path: directory, mode: 0o700 },
      { kind: 'writeFile', path, content, mode: 0o600 },
    ];
  }

  /** Says good-bye, which lets go of the lock. */
  async close(): Promise<void> {
    await this.open.wire.close(GOODBYE_MS);
  }

  private async answer(request: Request): Promise<Response> {
    const answers = new Map<number, Answer | ProbeFailure>();
    const outcomes = new Map<number, Outcome>();
    const alone = new Set<number>();
    const asked = request.parts.filter(isHere);
    let parts: readonly Part[] = request.parts.filter((part) => !isHere(part));
    while (parts.length > 0) {
      const again = await this.round(parts, request, alone, answers, outcomes);
      if (!again) break;
      parts = parts.filter(({ id }) => !answers.has(id) && !outcomes.has(id));
    }
    // What this machine has is told last: what comes from the host is here by then.
    if ([...outcomes.values()].every(({ ok }) => ok)) await answerHere(asked, answers);
    return { answers, outcomes };
  }

  /** Sends parts as frames. True where what is left shall be sent again, because something hung before it. */
  private async round(
    parts: readonly Part[],
    request: Request,
    alone: Set<number>,
    answers: Map<number, Answer | ProbeFailure>,
    outcomes: Map<number, Outcome>,
  ): Promise<boolean> {
    const unique = randomBytes(8).toString('hex');
    for (const frame of framesFor(parts, { ...this.how, unique, alone })) {
      const { output, complete, expired, fault } = await this.run(frame, request);
      for (const piece of frame.pieces.slice(0, complete)) {
        for (const [id, answer] of piece.answers(output)) answers.set(id, answer);
      }
      for (const piece of frame.pieces.slice(0, complete + 1)) {
        const told = piece.outcome(output);
        const done =
          told && fault !== undefined ? { ...told, rc: told.rc || 1, ok: false, stderr: fault } : told;
        for (const id of done ? piece.ids : []) if (done) outcomes.set(id, done);
        if (done && !done.ok) return false;
      }
      const stuck = frame.pieces[complete];
      if (!stuck) continue;
      if (stuck.acts) {
        for (const id of stuck.ids) {
          outcomes.set(
            id,
            outcome(output.sections.get(String(id)), expired ? 124 : (output.status ?? 1), false, expired),
          );
        }
        return false;
      }
      setAside(stuck, expired, output.status, alone, answers);
      return true;
    }
    return false;
  }

  private get how() {
    return { tools: this.open.tools, mode: this.open.mode };
  }

  /** Sends a frame, with what travels besides. */
  private async run(frame: Frame, request: Request): Promise<FrameResult> {
    if (this.open.wire.ended) await this.reopen();
    const { freight } = frame;
    const [id = 0] = frame.pieces[0]?.ids ?? [];
    if (freight?.kind === 'down') {
      const { wire } = this.open;
      const received = new ReceivedFile(freight.action, (on) => wire.pause(on));
      try {
        const result = await this.runFrame(frame, request, { take: received, section: freight.section });
        const fault = await received.finish(result.output.sections.get(freight.section)?.rc === 0);
        return fault === undefined ? result : { ...result, fault };
      } catch (error) {
        await received.discard();
        throw error;
      }
    }
    if (freight?.kind !== 'up') return this.runFrame(frame, request);
    const result =
      this.open.mode === 'r'
        ? await sendByChunks(freight.file, freight.byChunks, (piece) =>
            this.runFrame(frameOfOne(piece), request),
          )
        : await this.runFrame(frame, request, { send: freight.file });
    const { values } = result.output;
    if (values.has(lostKey(id))) this.open.wire.abandon();
    return values.has(otherKey(id)) ? { ...result, fault: await whyOther(freight.file) } : result;
  }

  private async runFrame(frame: Frame, request: Request, carried: Carried = {}): Promise<FrameResult> {
    const { wire, mode } = this.open;
    const { take, section, send } = carried;
    this.frames += 1;
    // The first request brings the library: by itself it would cost two processes more.
    const brings = this.taught !== this.open;
    // A request that reads from the executor's stdin cannot bring it, because the library shuts that for what it comes with.
    if (brings && send) await this.runFrame(NOTHING, request);
    this.taught = this.open;
    const bytes = bytesOf(frame, mode, brings && !send ? 'library' : send ? 'executor' : 'itself');
    const whole = new Set(frame.pieces.flatMap((piece) => piece.whole));
    const live = new Set(frame.pieces.flatMap((piece) => (piece.acts ? piece.ids.map(String) : [])));
    const decoders = new Map<string, StringDecoder>();
    const watch: Parameters<typeof runFrame>[3] = {
      limit: (key) => (key === section ? 0 : whole.has(key) ? Number.POSITIVE_INFINITY : OUTPUT_LIMIT),
      output: (key, stream, chunk) => {
        if (key === section) take?.take(stream, chunk);
        if (!request.onOutput || !live.has(key)) return;
        const name = `${stream} ${key}`;
        const decoder = decoders.get(name) ?? new StringDecoder('utf8');
        decoders.set(name, decoder);
        const text = decoder.write(chunk);
        if (text) request.onOutput(Number(key), stream, text);
      },
    };
    return runFrame(wire, frame, bytes, watch, send && ((beside) => sendFile(wire, mode, send, beside)));
  }

  private async reopen(): Promise<void> {
    this.open = await openShell({ ...this.plan, again: true });
  }
}

/** How a frame travels: as it is, with the library, or where it can read from stdin. */
type Way = 'itself' | 'library' | 'executor';

/** Frames as they were encoded: one that is the same for several hosts is so once. */
const encoded = new WeakMap<Frame, Map<string, Buffer>>();

function bytesOf(frame: Frame, mode: ReadMode, way: Way): Buffer {
  const own = encoded.get(frame) ?? new Map<string, Buffer>();
  encoded.set(frame, own);
  const known = own.get(mode + way);
  if (known) return known;
  const { script, acts } = frame;
  const text = way === 'library' ? withLibrary(script, acts) : script;
  const bytes = requestFrame(text, mode, { acts, inExecutor: way !== 'itself' });
  own.set(mode + way, bytes);
  return bytes;
}

/** A request for nothing, which the library travels with. */
const NOTHING: Frame = { pieces: [], script: ':', acts: false };

/** What travels with a frame besides script and answer. */
interface Carried {
  readonly send?: LocalFile;
  readonly take?: ReceivedFile;
  readonly section?: string;
}

/** A probe that hung alone is the culprit; of several, each is asked again with a process of its own. */
function setAside(
  stuck: Piece,
  expired: boolean,
  status: number | undefined,
  alone: Set<number>,
  answers: Map<number, Answer | ProbeFailure>,
): void {
  if (stuck.ids.length > 1) {
    for (const id of stuck.ids) alone.add(id);
    return;
  }
  for (const id of stuck.ids) {
    answers.set(
      id,
      expired
        ? failure('timeout', `no answer within ${(stuck.deadlineMs ?? 0) / 1000} s`)
        : failure('other', `the shell ended in the middle of it (status ${status ?? 'unknown'})`),
    );
  }
}

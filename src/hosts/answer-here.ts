import type { Part } from '../model/host.ts';
import type { Answer, FileRead, HereProbe, ProbeFailure } from '../model/probe.ts';
import { failure } from '../shell/piece.ts';
import { hashFile } from './hash-file.ts';

type HerePart = Extract<Part, { kind: 'probe' }> & { readonly probe: HereProbe };

/** True for a question that is this machine's to answer. */
export const isHere = (part: Part): part is HerePart => part.kind === 'probe' && part.probe.kind === 'here';

/** Answers the questions about files of this machine. */
export async function answerHere(
  parts: readonly HerePart[],
  answers: Map<number, Answer | ProbeFailure>,
): Promise<void> {
  for (const { id, probe } of parts) answers.set(id, await lookAt(probe.file));
}

async function lookAt(file: string): Promise<FileRead | ProbeFailure> {
  try {
    return { exists: true, ...(await hashFile(file)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { exists: false };
    // A directory, say: it is there, and has no bytes.
    if (code === 'EISDIR') return { exists: true };
    return failure(code === 'EACCES' ? 'permission-denied' : 'other', `on this machine: ${message}`);
  }
}

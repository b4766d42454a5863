import type { TaskFinished } from '../../../src/model/event.ts';

/** What a plan and the apply after it disagree on first; undefined where they agree. */
export function disagreement(
  planned: readonly TaskFinished[],
  applied: readonly TaskFinished[],
): string | undefined {
  for (const [index, did] of applied.entries()) {
    const said = planned[index];
    if (!said) return `the plan ended before ${told(did)}`;
    if (said.status === 'unknown' || told(said) === told(did)) continue;
    // Of several reasons, the one or the other may be named.
    if (isRefused(said) && isRefused(did)) continue;
    // What a dry run hoped for, because something was to change before it, did not come.
    const hoped = isRefused(did) && planned.slice(0, index).some(isOpen);
    return hoped && said.status !== 'failed' ? undefined : `${told(said)}, but apply: ${told(did)}`;
  }
  const isEnded = applied.at(-1)?.status === 'failed' || planned.length <= applied.length;
  return isEnded ? undefined : `apply ended before ${told(planned[applied.length])}`;
}

const isRefused = ({ diagnostic }: TaskFinished): boolean => diagnostic?.code === 'refused';

const isOpen = ({ status }: TaskFinished): boolean => status === 'changed' || status === 'unknown';

/** A task's status, changes, and why it failed. */
function told(finished: TaskFinished | undefined): string {
  if (!finished) return 'nothing';
  const { task, status, changes, diagnostic } = finished;
  const after = changes.map((change) => JSON.stringify(change));
  return [task.label, status, ...after, ...(diagnostic ? [diagnostic.summary] : [])].join(' ');
}

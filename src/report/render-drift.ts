import { printDiagnostics } from '../diagnostics/print-diagnostics.ts';
import type { HostDrifted } from '../model/event.ts';
import type { Paint } from './paint.ts';
import { renderChange } from './render-change.ts';

/** A host that has drifted from a saved plan: the reason, and below it each task with what was found and what is there. */
export function renderDrift({ diagnostic, drift }: HostDrifted, paint: Paint, colour: boolean): string {
  const lines = drift.flatMap(({ task, changes, reason }) => [
    `${paint.red('!')} ${task.item === undefined ? task.label : `${task.label} (${task.item})`}${reason === undefined ? '' : `  ${paint.dim(reason)}`}`,
    ...changes.flatMap((change) => renderChange(change, paint).map((line) => `    ${line}`)),
  ]);
  const legend = paint.dim('what the plan found → what is there now');
  return `\n${printDiagnostics([diagnostic], { colour })}${legend}\n${lines.join('\n')}\n`;
}

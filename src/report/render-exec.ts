import { hostNames } from './host-names.ts';
import { paintWith } from './paint.ts';

/** What a command did on one host. */
export interface ExecAnswer {
  readonly host: string;
  readonly rc?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly unreachable?: string;
}

/** Answers of many hosts to one command; equal ones once, under the names of their hosts. */
export function renderExec(answers: readonly ExecAnswer[], { colour }: { readonly colour: boolean }): string {
  const paint = paintWith(colour);
  const groups = new Map<string, ExecAnswer[]>();
  for (const answer of answers) {
    const { host: _host, ...said } = answer;
    const key = JSON.stringify(said);
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  return [...groups.values()]
    .map((same) => {
      const [first] = same;
      const names = hostNames(
        same.map((one) => one.host),
        12,
      );
      if (first?.unreachable !== undefined)
        return `${paint.red(`${names}: unreachable`)}\n${indented(first.unreachable)}`;
      const status = first?.rc === 0 ? '' : paint.red(` (exit status ${first?.rc})`);
      return `${paint.bold(names)}${status}\n${indented(first?.stdout ?? '')}${indented(first?.stderr ?? '', paint.red)}`;
    })
    .join('');
}

const indented = (text: string, tint = (line: string) => line): string =>
  text === ''
    ? ''
    : `${text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `  ${tint(line)}`)
        .join('\n')}\n`;

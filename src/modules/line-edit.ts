/** What `lineinfile` wants of a text. */
export interface LineEdit {
  readonly state: 'present' | 'absent';
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  /** `EOF` or an expression. */
  readonly insertafter?: string | undefined;
  /** `BOF` or an expression. */
  readonly insertbefore?: string | undefined;
  readonly backrefs: boolean;
}

/** The text after the edit; the same text where nothing is to change. Line ends are kept as they are. */
export function editLines(text: string, edit: LineEdit): string {
  const lines = text.split('\n');
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  const edited = edit.state === 'absent' ? without(lines, edit) : withLine(lines, edit);
  return edited === lines ? text : edited.map((line) => `${line}\n`).join('');
}

function without(lines: readonly string[], edit: LineEdit): readonly string[] {
  const goes = edit.regexp === undefined ? (line: string) => bare(line) === edit.line : matcher(edit.regexp);
  const kept = lines.filter((line) => !goes(line));
  return kept.length === lines.length ? lines : kept;
}

function withLine(lines: readonly string[], edit: LineEdit): readonly string[] {
  const line = edit.line ?? '';
  const match = edit.regexp === undefined ? undefined : matcher(edit.regexp);
  const at = match ? lines.findLastIndex(match) : -1;
  if (at >= 0) {
    const old = lines[at] ?? '';
    const wanted = edit.backrefs && edit.regexp !== undefined ? expanded(old, edit.regexp, line) : line;
    return bare(old) === wanted ? lines : lines.with(at, wanted);
  }
  if (edit.backrefs || lines.some((existing) => bare(existing) === line)) return lines;
  return lines.toSpliced(placeFor(lines, edit), 0, line);
}

function placeFor(lines: readonly string[], edit: LineEdit): number {
  const { insertafter, insertbefore } = edit;
  if (insertbefore === 'BOF') return 0;
  const anchor = insertbefore ?? (insertafter === 'EOF' ? undefined : insertafter);
  const at = anchor === undefined ? -1 : lines.findLastIndex(matcher(anchor));
  if (at < 0) return lines.length;
  return insertbefore === undefined ? at + 1 : at;
}

const matcher = (regexp: string) => {
  const compiled = new RegExp(regexp);
  return (line: string): boolean => compiled.test(bare(line));
};

const bare = (line: string): string => line.replace(/\r$/, '');

/** `\1` and `\g<name>` in the line stand for the groups of the match. */
function expanded(old: string, regexp: string, line: string): string {
  const match = new RegExp(regexp).exec(bare(old));
  return line.replace(/\\(?:(\d)|g<(\w+)>)/g, (_, number?: string, name?: string) => {
    const group = number === undefined ? match?.groups?.[name ?? ''] : match?.[Number(number)];
    return group ?? (/^\d+$/.test(name ?? '') ? (match?.[Number(name)] ?? '') : '');
  });
}

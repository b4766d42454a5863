import { address } from './ip-address-text.ts';

/** An address and what it is called. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** The text of a hosts file with the names at their address; other lines stay as they are. */
export function withNames(text: string, want: HostsEntry): string {
  const lines = text.split('\n');
  const present = new Set(lines.filter((line) => isOf(line, want.address)).flatMap(namesOf));
  const missing = want.names.filter((name) => !present.has(name));
  if (missing.length === 0) return text;
  const at = lines.findIndex((line) => isOf(line, want.address));
  if (at >= 0)
    return lines.map((line, index) => (index === at ? lengthened(line, missing) : line)).join('\n');
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${[want.address, ...want.names].join(' ')}\n`;
}

/** The text without the names, or without the whole address where there are none. */
export function withoutNames(text: string, want: HostsEntry): string {
  const kept = text.split('\n').flatMap((line) => {
    if (!isOf(line, want.address)) return [line];
    const names = want.names.length === 0 ? [] : namesOf(line).filter((name) => !want.names.includes(name));
    if (names.length === 0) return [];
    return names.length === namesOf(line).length
      ? [line]
      : [[want.address, ...names, ...commentOf(line)].join(' ')];
  });
  // An emptied file is still a file.
  return kept.join('\n') || (text === '' ? '' : '\n');
}

const fieldsOf = (line: string): readonly string[] => line.replace(/#.*/, '').trim().split(/\s+/);
const namesOf = (line: string): readonly string[] => fieldsOf(line).slice(1);
const commentOf = (line: string): readonly string[] => /#.*/.exec(line) ?? [];
const isOf = (line: string, wanted: string): boolean => {
  const parsed = address.safeParse(fieldsOf(line)[0]);
  return parsed.success && parsed.data === wanted;
};

function lengthened(line: string, names: readonly string[]): string {
  const [comment] = commentOf(line);
  const entry = comment === undefined ? line.trimEnd() : line.slice(0, line.indexOf('#')).trimEnd();
  return [entry, ...names, ...(comment === undefined ? [] : [comment])].join(' ');
}

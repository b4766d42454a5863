/** A line of /etc/fstab, in the fields of fstab(5). */
export interface FstabLine {
  readonly src: string;
  readonly path: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: number;
  readonly passno: number;
}

/** Blanks in a field are written in octal: fstab(5). */
const escaped = (field: string): string =>
  field.replace(/[ \t\n\\#]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);

const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const isFor = (line: string, path: string): boolean => {
  const [src = '#', point = ''] = line.trim().split(/\s+/);
  return !src.startsWith('#') && unescaped(point).replace(/(?<=.)\/+$/, '') === path;
};

/** The text with just this line for the path, or with none where `wanted` is undefined; all other lines stay. */
export function withMount(text: string, path: string, wanted: FstabLine | undefined): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => isFor(line, path));
  const others = lines.filter((line) => !isFor(line, path));
  if (wanted === undefined) return others.length === lines.length ? text : others.join('\n');
  const { src, fstype, opts, dump, passno } = wanted;
  const line = [escaped(src), escaped(path), fstype, opts, dump, passno].join(' ');
  if (at < 0) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${line}\n`;
  // A line that says the same in other blanks stays as it was written.
  if (others.length === lines.length - 1 && lines[at]?.trim().split(/\s+/).join(' ') === line) return text;
  return [...others.slice(0, at), line, ...others.slice(at)].join('\n');
}

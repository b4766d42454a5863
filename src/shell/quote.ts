/** Quotes a word for a POSIX sh: the one place where arguments become script text. NUL bytes throw. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('A word of a command cannot hold a NUL byte.');
  return /^[\w/.:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Quotes each word and joins them by blanks. */
export const quoteAll = (words: readonly string[]): string => words.map(quote).join(' ');

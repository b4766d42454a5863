import * as z from 'zod';

const SYMBOLIC = /^[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*$/;

/** Parameter `mode`: octal digits as text, or symbolic. A bare number is refused: YAML reads 0644 as 644, or as 420. */
export const fileMode = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `Write the mode as text, such as "0644" with its quotes: YAML reads a bare ${issue.input} as a decimal number.`
        : undefined,
  })
  .refine((mode) => /^0?[0-7]{3,4}$/.test(mode) || SYMBOLIC.test(mode), {
    error: 'Write the mode as three or four octal digits ("0644"), or in symbols ("u+x", "u=rw,go=r").',
  });

/** True for modes in symbols, which hang on what is there. */
export const isSymbolic = (mode: string): boolean => SYMBOLIC.test(mode);

/** The bits that a mode comes to. `now` is what is there, or the default of what is new. */
export function bitsOf(mode: string, now: number, directory: boolean): number {
  if (!isSymbolic(mode)) return Number.parseInt(mode, 8);
  return mode.split(',').reduce((bits, clause) => withClause(bits, clause, directory), now);
}

/** Mode as people write it. */
export const octal = (bits: number): string => bits.toString(8).padStart(4, '0');

const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const SPECIAL: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000 };
const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

function withClause(now: number, clause: string, directory: boolean): number {
  const [, who = '', sign = '=', letters = ''] = /^([ugoa]*)([-+=])(.*)$/.exec(clause) ?? [];
  const classes = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who];
  let mask = 0;
  let bits = 0;
  for (const name of classes) {
    const shift = SHIFT[name] ?? 0;
    mask |= (7 << shift) | (SPECIAL[name] ?? 0);
    for (const letter of letters) {
      if (letter === 's') bits |= SPECIAL[name] ?? 0;
      else if (letter === 'X') bits |= directory || (now & 0o111) !== 0 ? 1 << shift : 0;
      else bits |= (BITS[letter] ?? 0) << shift;
    }
  }
  if (letters.includes('t')) bits |= 0o1000;
  if (sign === '+') return now | bits;
  if (sign === '-') return now & ~bits;
  // As chmod does: `=` leaves a directory's set-id bits alone unless they are named.
  return (now & ~(directory ? mask & 0o777 : mask)) | bits;
}

const CODES = { red: '31', green: '32', yellow: '33', blue: '34', bold: '1' } as const;

/** Puts a text in a colour, or leaves it as it is where there are none. */
export type Paint = (colour: keyof typeof CODES, text: string) => string;

/** A painter with ANSI colours, or without. */
export const painter = (colour: boolean): Paint =>
  colour ? (name, text) => `\u001b[${CODES[name]}m${text}\u001b[0m` : (_name, text) => text;

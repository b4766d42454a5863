/** Colours of a report; every function returns its text unchanged where there are none. */
export interface Paint {
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** ANSI colours, or none. */
export function paintWith(colour: boolean): Paint {
  const wrap = (code: number) => (text: string) =>
    colour && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { green: wrap(32), yellow: wrap(33), red: wrap(31), cyan: wrap(36), dim: wrap(2), bold: wrap(1) };
}

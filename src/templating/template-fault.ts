/** A fault inside a template, on its way out; `line` and `column` count from 1 within the template's text. */
export class TemplateFault extends Error {
  readonly code: string;
  readonly help: string | undefined;
  readonly line: number;
  readonly column: number;
  /** The file it is in, where it is in a partial. */
  readonly file: string | undefined;

  constructor(
    code: string,
    summary: string,
    help: string | undefined,
    at: { line: number; column: number; file?: string | undefined },
  ) {
    super(summary);
    this.name = 'TemplateFault';
    this.code = code;
    this.help = help;
    this.line = at.line;
    this.column = at.column;
    this.file = at.file;
  }
}

/** Thrown by helpers for arguments that they cannot work with; the interpreter adds the place. */
export class HelperFault extends Error {
  readonly help: string | undefined;

  constructor(summary: string, help?: string) {
    super(summary);
    this.name = 'HelperFault';
    this.help = help;
  }
}

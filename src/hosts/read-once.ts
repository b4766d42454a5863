import { statSync } from 'node:fs';

/** What a file is like, as a text that is another one when the file has changed; '' where there is none. */
export function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}

/** What was made of a file, and of which state of it. */
interface Made<T> {
  readonly stamp: string;
  readonly value: T;
}

/** Makes something of a file once, however many hosts ask for it, and again when the file has changed. */
export class ReadOnce<T> {
  readonly #made = new Map<string, Made<T>>();
  readonly #make: (path: string) => T;

  /** `make` is called for files that are not there, too; where it throws, so does `get`. */
  constructor(make: (path: string) => T) {
    this.#make = make;
  }

  get(path: string): T {
    const stamp = stampOf(path);
    const made = this.#made.get(path);
    if (made?.stamp === stamp) return made.value;
    const value = this.#make(path);
    this.#made.set(path, { stamp, value });
    return value;
  }
}

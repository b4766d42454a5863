import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { expandPath } from './expand-path.ts';
import { stampOf } from './read-once.ts';

/** A configuration as it was parsed, with the files and folders it was read from, by their stamps. */
interface Parsed {
  readonly config: SSHConfig;
  readonly stamps: ReadonlyMap<string, string>;
}

const parsed = new Map<string, Parsed>();

/**
 * ~/.ssh/config and after it /etc/ssh/ssh_config as one; `home` is where ~ is. Parsed once, however many hosts ask, and
 * again when one of the files has changed.
 */
export function sshConfig(home: string): SSHConfig {
  const known = parsed.get(home);
  if (known && [...known.stamps].every(([path, stamp]) => stampOf(path) === stamp)) return known.config;
  const reader = new Reader(home);
  const own = reader.read(join(home, '.ssh/config'), join(home, '.ssh'), 0);
  const system = reader.read('/etc/ssh/ssh_config', '/etc/ssh', 0);
  const config = SSHConfig.parse(`${own}\nHost *\n${system}\n`);
  parsed.set(home, { config, stamps: reader.stamps });
  return config;
}

class Reader {
  readonly stamps = new Map<string, string>();
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** A configuration with its Includes put in their place; the library leaves them alone. */
  read(file: string, base: string, depth: number): string {
    this.stamps.set(file, stampOf(file));
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return '';
    }
    if (depth > 8) return text;
    return text.replace(/^[ \t]*Include[ \t=]+(.*)$/gim, (_line, words: string) =>
      words
        .trim()
        .split(/\s+/)
        .map((word) => expandPath(word.replace(/^"|"$/g, ''), this.#home, {}))
        .flatMap((path) => this.#glob(isAbsolute(path) ? path : join(base, path)))
        .map((path) => this.read(path, base, depth + 1))
        .join('\n'),
    );
  }

  /** Files that fit a path whose last part may hold `*` and `?`. */
  #glob(path: string): readonly string[] {
    if (!/[*?]/.test(path)) return [path];
    this.stamps.set(dirname(path), stampOf(dirname(path)));
    const pattern = basename(path)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    try {
      return readdirSync(dirname(path))
        .filter((name) => new RegExp(`^${pattern}$`).test(name))
        .sort()
        .map((name) => join(dirname(path), name));
    } catch {
      return [];
    }
  }
}

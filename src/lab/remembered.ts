import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, shortHash } from './folders.ts';

/**
 * The answer to a question that takes a while and whose answer stays the same until this machine is started anew: asked
 * once for each user and kernel. `undefined` is an answer, too.
 */
export async function remembered(
  question: string,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const folder = join(cacheFolder(), 'answers');
  const since = ['/proc/version', '/proc/sys/kernel/random/boot_id'].map((file) =>
    readFileSync(file, 'utf8'),
  );
  const file = join(folder, shortHash([...since, process.getuid?.(), question].join('\0')));
  if (existsSync(file)) return readFileSync(file, 'utf8') || undefined;
  const answer = await ask();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, answer ?? '');
  return answer;
}

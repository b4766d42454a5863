import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { trouble } from '../diagnostics/trouble.ts';
import { isUnhashed, type LocalFile } from '../model/content.ts';

const AT_ONCE_BYTES = 1024 * 1024;
const underWay = new WeakMap<LocalFile, Promise<void>>();

/** SHA-256 of a file of this machine in lower-case hex, and its bytes. Reads it piece by piece; throws as node:fs does. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  // One buffer for all of it: a stream would leave a heap of them behind.
  const buffer = Buffer.allocUnsafe(AT_ONCE_BYTES);
  const file = await open(path);
  try {
    for (let size = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Fills in hashes that are still open, each once however many hosts ask. Throws `Trouble` where a file has changed. */
export async function fillInHashes(files: Iterable<LocalFile>): Promise<void> {
  for (const file of files) {
    if (!isUnhashed(file)) continue;
    const filling = underWay.get(file) ?? fillIn(file);
    underWay.set(file, filling);
    await filling;
  }
}

async function fillIn(file: LocalFile): Promise<void> {
  const { sha256, size } = await hashFile(file.path).catch((error: Error) => {
    throw trouble('file-unreadable', `Cannot read ${file.path}: ${error.message}.`, {
      help: 'It was there when the playbook was loaded. Run it again when nobody changes it.',
    });
  });
  if (size !== file.size) {
    throw trouble('local-file-changed', `${file.path} has changed since the playbook was loaded.`, {
      help: 'Somebody still writes to it. Run it again when it is whole.',
    });
  }
  file.sha256 = sha256;
}

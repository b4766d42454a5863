import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Trouble, trouble } from '../diagnostics/trouble.ts';
import { judge, type KnownKey, keyType, knownName } from './known-hosts.ts';
import type { SshSettings } from './ssh-settings.ts';

/**
 * Why a server's key is not accepted; undefined where it is. A new one is written to the first known_hosts file where
 * StrictHostKeyChecking lets it in.
 */
export function checkHostKey(
  host: string,
  settings: SshSettings,
  entries: readonly KnownKey[],
  blob: Buffer,
): Trouble | undefined {
  const verdict = judge(entries, blob);
  const name = knownName(settings.keyName, settings.port);
  if (verdict.kind === 'known') return undefined;
  if (verdict.kind === 'revoked') {
    return trouble('host-key-revoked', `${host}: the host key of ${name} is revoked.`, {
      host,
      help: `It stands in ${verdict.entry.file}:${verdict.entry.line}. Do not connect; the host needs a new key.`,
    });
  }
  if (settings.strict === 'no') return undefined;
  if (verdict.kind === 'changed') {
    const { file, line } = verdict.entry;
    return trouble('host-key-changed', `${host}: the host key of ${name} has changed.`, {
      host,
      place: { file, line, column: 1 },
      help:
        `Either the machine was set up anew, or somebody stands in between. Known is the ${verdict.entry.type} key in ` +
        `${file}:${line}; shown was ${keyType(blob)}. If it was set up anew: ssh-keygen -f '${file}' -R '${name}'`,
    });
  }
  if (settings.strict === 'accept-new') {
    learn(settings, name, blob);
    return undefined;
  }
  const [file = '~/.ssh/known_hosts'] = settings.knownHostsFiles;
  const port = settings.port === 22 ? '' : `-p ${settings.port} `;
  return trouble('host-key-unknown', `${host}: the host key of ${name} is not known.`, {
    host,
    help:
      `Connect once by ssh and compare the fingerprint, or: ssh-keyscan ${port}${settings.host} >> ${file}. ` +
      'StrictHostKeyChecking accept-new in ~/.ssh/config takes new keys without asking.',
  });
}

function learn(settings: SshSettings, name: string, blob: Buffer): void {
  const [file] = settings.knownHostsFiles;
  if (!file) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, `${name} ${keyType(blob)} ${blob.toString('base64')}\n`, { mode: 0o600 });
}

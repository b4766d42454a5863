// Keys, known hosts and inventories of the fleet.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { keyPair } from '../../scripts/key-pair.mjs';

const { parseKey } = ssh2.utils;

/** Loopback address of a host of the fleet. */
export const addressOf = (at) => `127.77.${Math.floor(at / 250)}.${(at % 250) + 1}`;

/** Writes the keys of the controller and of the hosts. */
export function writeKeys(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of ['client', 'host']) {
    const pair = keyPair();
    writeFileSync(join(folder, name), pair.private, { mode: 0o600 });
    writeFileSync(join(folder, `${name}.pub`), pair.public);
  }
}

/** Writes an inventory of hosts, each with its own line of known_hosts, as a real fleet has; answers its path. */
export function writeInventory(folder, hosts) {
  const path = join(folder, `inventory-${hosts.length}.yml`);
  const knownHosts = join(folder, `known-hosts-${hosts.length}`);
  const key = parseKey(readFileSync(join(folder, 'host.pub')));
  const shown = `${key.type} ${key.getPublicSSH().toString('base64')}`;
  writeFileSync(knownHosts, hosts.map(({ address, port }) => `[${address}]:${port} ${shown}\n`).join(''));
  const vars = { user: 'fleet', identity_file: join(folder, 'client'), known_hosts_file: knownHosts };
  const all = { vars, hosts: Object.fromEntries(hosts.map(({ name, ...where }) => [name, where])) };
  writeFileSync(path, JSON.stringify({ all }, null, 1));
  return path;
}

import type { ValueMap } from '../../../src/model/value.ts';

/** What a scenario changes in the inventory. */
export interface Wish {
  readonly exports?: readonly ValueMap[];
  readonly mounts?: readonly ValueMap[];
}

/** Root on a client acts as this user (exports(5), root_squash). */
export const ANONYMOUS = { etype: 'user', entity: 65_534, permissions: 'rwx' };

/** An export to the whole wire, writable by root of the clients. */
export const share = (path: string): ValueMap => ({
  path,
  acl: [ANONYMOUS],
  clients: [{ host: '10.10.0.0/24', options: ['rw'] }],
});

/** One server and two clients on one wire. */
export function inventory(wish: Wish = {}): ValueMap {
  const machine = (number: number): ValueMap => ({
    lab: { nics: [{ segment: 'lan', addresses: [`10.10.0.${number}/24`] }] },
  });
  return {
    all: {
      vars: { lab: { memory: 384, image: 'base' } },
      children: {
        nfs_servers: {
          vars: { nfs_exports: wish.exports ?? [share('/srv/www')] },
          hosts: { store: machine(5) },
        },
        nfs_clients: {
          vars: { nfs_mounts: wish.mounts ?? [{ src: '10.10.0.5:/srv/www', path: '/mnt/www' }] },
          hosts: { web1: machine(11), web2: machine(12) },
        },
      },
    },
  };
}

export const MACHINES = ['store', 'web1', 'web2'] as const;

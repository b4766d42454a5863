import type { ValueMap } from '../../../src/model/value.ts';

/** What a scenario changes in the inventory. */
export interface Wish {
  readonly exports?: readonly ValueMap[];
  readonly mounts?: readonly ValueMap[];
  readonly targets?: readonly ValueMap[];
  readonly disks?: readonly ValueMap[];
}

/** Root on a client acts as this user (exports(5), root_squash). */
export const ANONYMOUS = { etype: 'user', entity: 65_534, permissions: 'rwx' };

/** An export to the whole wire, writable by root of the clients. */
export const share = (path: string): ValueMap => ({
  path,
  acl: [ANONYMOUS],
  clients: [{ host: '10.10.0.0/24', options: ['rw'] }],
});

export const IQN = 'iqn.2026-01.org.example';
export const CHAP = { user: 'web1', password: 'only-in-the-lab' };

/** A file behind a LUN, and the empty disk of the server behind another. */
export const FILE_LUN = { lun: 0, name: 'data', type: 'fileio', path: '/srv/data.img', size: '128M' };
export const DISK_LUN = { lun: 1, name: 'more', type: 'block', path: '/dev/disk/by-id/virtio-disk1' };

/** A target for web1. */
export const target = (luns: readonly ValueMap[] = [FILE_LUN], more: ValueMap = {}): ValueMap => ({
  iqn: `${IQN}:data`,
  portals: ['10.10.0.5'],
  luns,
  acls: [{ initiator: `${IQN}:web1`, chap: CHAP }],
  ...more,
});

/** Its first LUN at web1, with a file system at /data. */
export const disk = (more: ValueMap = {}): ValueMap => ({
  ...{ target: `${IQN}:data`, portals: ['10.10.0.5'], chap: CHAP, fstype: 'ext4', path: '/data' },
  ...more,
});

/** One server and two clients on one wire; the first of them has a disk of the server, too. */
export function inventory(wish: Wish = {}): ValueMap {
  const machine = (number: number, disks: readonly number[] = []): ValueMap => ({
    lab: { nics: [{ segment: 'lan', addresses: [`10.10.0.${number}/24`] }], disks },
  });
  return {
    all: {
      vars: { lab: { memory: 384, image: 'base' } },
      children: {
        nfs_servers: {
          vars: { nfs_exports: wish.exports ?? [share('/srv/www')] },
          hosts: { store: machine(5, [64]) },
        },
        nfs_clients: {
          vars: { nfs_mounts: wish.mounts ?? [{ src: '10.10.0.5:/srv/www', path: '/mnt/www' }] },
          hosts: { web1: machine(11), web2: machine(12) },
        },
        iscsi_targets: { hosts: { store: { iscsi_targets: wish.targets ?? [target()] } } },
        iscsi_initiators: {
          hosts: { web1: { iscsi_initiator_name: `${IQN}:web1`, iscsi_disks: wish.disks ?? [disk()] } },
        },
      },
    },
  };
}

export const MACHINES = ['store', 'web1', 'web2'] as const;

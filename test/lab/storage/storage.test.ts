import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ValueMap } from '../../../src/model/value.ts';
import { TestLab } from '../test-lab.ts';
import { CHAP, DISK_LUN, disk, FILE_LUN, inventory, MACHINES, share, target, type Wish } from './machines.ts';
import { startWriting, stopWriting } from './writing.ts';

// One lab for all scenarios, in the order in which storage lives: bare, built, changed in use, rebooted, taken away.
const lab = new TestLab('storage', MACHINES);
const describeStorage = (wish: Wish = {}): void => lab.describe(inventory(wish));

describe('storage on virtual machines', () => {
  beforeAll(async () => {
    describeStorage();
    await lab.up();
  }, 600_000);

  afterAll(() => lab.down(), 60_000);

  describe('by NFS', () => {
    test('is built from bare machines, just as planned, and a plan writes nothing', async () => {
      await lab.convergeBare('storage-nfs');
    });

    test("carries what root on a client writes, at once, as the anonymous user's", async () => {
      await lab.on('web1', 'echo one >/mnt/www/page');
      expect(await lab.on('web2', 'cat /mnt/www/page')).toBe('one');
      expect(await lab.on('store', 'stat -c %u /srv/www/page')).toBe('65534');
      await lab.on('web2', 'echo two >/mnt/www/page');
      expect(await lab.on('web1', 'cat /mnt/www/page')).toBe('two');
    });

    test('refuses the same write where there is no access control list', async () => {
      await lab.on('store', 'setfacl -b -k /srv/www');
      const tried = await lab.try('web1', 'touch /mnt/www/refused');
      expect([tried.status === 0, tried.stderr.trim()]).toEqual([
        false,
        "touch: cannot touch '/mnt/www/refused': Permission denied",
      ]);
      const applied = await lab.converge('storage-nfs', '--skip-tags', 'verify');
      expect(applied.changes).toEqual(['store | nfs_server : Say who may what in it | /srv/www | changed']);
      await lab.on('web1', 'touch /mnt/www/allowed');
    });
  });

  describe('by iSCSI', () => {
    test('refuses what cannot be before anything is changed', async () => {
      await lab.noteTime();
      const refusals = async (one: ValueMap, ...disks: readonly ValueMap[]): Promise<string> => {
        describeStorage({ targets: [one], disks });
        const ran = await lab.run('apply', 'storage-iscsi');
        expect(ran.changes).toEqual([]);
        return ran.failures.join();
      };
      const missing = { ...DISK_LUN, path: '/dev/disk/by-id/virtio-disk9' };
      expect(await refusals(target([missing]))).toMatch('There is no disk /dev/disk/by-id/virtio-disk9');
      expect(await refusals(target([FILE_LUN], { portals: ['10.10.0.5:22'] }))).toMatch(
        'sshd listens at port 22 already',
      );
      // An apply's lock, and nothing else.
      expect(await lab.writtenSince()).toEqual(['store: /var/lib/troupe/lock', 'web1: /var/lib/troupe/lock']);
      await lab.on('store', `mkswap ${DISK_LUN.path} && swapon ${DISK_LUN.path}`);
      expect(await refusals(target([DISK_LUN]))).toMatch(`${DISK_LUN.path} is in use: [SWAP]`);
      await lab.on('store', `swapoff ${DISK_LUN.path}`);
      expect(await refusals(target([DISK_LUN]))).toMatch(`${DISK_LUN.path} is not empty: it has swap`);
      await lab.on('store', `wipefs -qa ${DISK_LUN.path}`);
    });

    test('is built from machines that have none, just as planned, and a plan writes nothing', async () => {
      describeStorage();
      await lab.convergeBare('storage-iscsi');
      expect(await lab.on('web1', 'lsblk -dno TRAN "$(findmnt -no SOURCE /data)"')).toBe('iscsi');
    });
  });

  describe('in use', () => {
    const EXPORTS = [share('/srv/www'), share('/srv/home')];
    const MOUNTS = [
      { src: '10.10.0.5:/srv/www', path: '/mnt/www' },
      { src: '10.10.0.5:/srv/home', path: '/mnt/home' },
    ];
    const TARGETS = [target([FILE_LUN, DISK_LUN], { portals: ['10.10.0.5', '10.10.0.5:3261'] })];

    test('is applied again, and gets an export, a LUN and a portal, while a client writes', async () => {
      await startWriting(lab, 'web1', 'nfs', '/mnt/www/log');
      await startWriting(lab, 'web1', 'iscsi', '/data/log');
      for (const playbook of ['storage-nfs', 'storage-iscsi'])
        expect((await lab.run('apply', playbook, '--skip-tags', 'verify')).changes).toEqual([]);
      describeStorage({ exports: EXPORTS, mounts: MOUNTS, targets: TARGETS });
      await lab.converge('storage-nfs');
      const applied = await lab.converge('storage-iscsi', '--skip-tags', 'verify');
      expect(applied.changes).toEqual([expect.stringContaining('store | iscsi_target : Serve the target')]);
      await lab.on('web2', 'touch /mnt/home/here');
      await lab.on(
        'web1',
        'iscsiadm -m session --rescan >/dev/null; until ls /dev/disk/by-path/*-lun-1; do sleep 1; done',
      );
      expect(await stopWriting(lab, 'web1', 'nfs', '/mnt/www/log')).toBe('same');
      expect(await stopWriting(lab, 'web1', 'iscsi', '/data/log')).toBe('same');
      expect(await lab.on('web1', 'dmesg | grep -ci "i/o error" || true')).toBe('0');
    });

    test('loses an export, a LUN and a portal, and the users of the others go on', async () => {
      await startWriting(lab, 'web1', 'nfs', '/mnt/www/log2');
      await startWriting(lab, 'web1', 'iscsi', '/data/log2');
      const gone = (one: ValueMap): ValueMap => ({ ...one, state: 'absent' });
      describeStorage({
        exports: [share('/srv/www'), gone(share('/srv/home'))],
        mounts: MOUNTS.map((one) => (one.path === '/mnt/home' ? gone(one) : one)),
      });
      // A mount that is in use stays, and says by whom it is used.
      await lab.on('web2', 'cd /mnt/home && (nohup sleep 600 >/dev/null 2>&1 &)');
      const refused = await lab.run('apply', 'storage-nfs', '--limit', 'web2', '--skip-tags', 'verify');
      expect(refused.failures.join()).toMatch(/\/mnt\/home is in use by sleep \(process \d+\)/);
      expect(await lab.on('web2', 'ls /mnt/home')).toBe('here');
      await lab.on('web2', 'pkill -x sleep');
      await lab.converge('storage-nfs', '--skip-tags', 'verify');
      expect(await lab.on('store', 'ls -A /srv/home')).toBe('here');
      await lab.converge('storage-iscsi', '--skip-tags', 'verify');
      expect(await stopWriting(lab, 'web1', 'nfs', '/mnt/www/log2')).toBe('same');
      expect(await stopWriting(lab, 'web1', 'iscsi', '/data/log2')).toBe('same');
    });

    test('is there again after reboots of clients and of the server, with no hand on it', async () => {
      const NFS = 'sha256sum </mnt/www/log';
      const DISK = 'echo 3 >/proc/sys/vm/drop_caches; sha256sum </data/log';
      const awaiting = (path: string, read: string) =>
        `until mountpoint -q ${path}; do sleep 1; done; ${read}`;
      const sums = [await lab.on('web1', NFS), await lab.on('web1', DISK)];
      const again = () =>
        Promise.all([lab.on('web2', awaiting('/mnt/www', NFS)), lab.on('web1', awaiting('/data', DISK))]);
      await Promise.all([lab.reboot('web1'), lab.reboot('web2')]);
      expect(await again()).toEqual(sums);
      await lab.reboot('store');
      expect(await again()).toEqual(sums);
      for (const playbook of ['storage-nfs', 'storage-iscsi'])
        expect((await lab.run('plan', playbook, '--skip-tags', 'verify')).changes).toEqual([]);
    });
  });

  describe('taken away', () => {
    test('is refused while a disk is in use, and nobody has lost it then', async () => {
      await lab.on('web1', 'cd /data && (nohup sleep 600 >/dev/null 2>&1 &)');
      const refused = await lab.run('apply', 'teardown-iscsi');
      expect(refused.failures.join()).toMatch(/\/data is in use by sleep \(process \d+\)/);
      expect(refused.changes).toEqual([]);
      await lab.on('web1', 'pkill -x sleep; touch /data/here');
    });

    test('a wrong password is refused, and so is an initiator that is not listed', async () => {
      describeStorage({ disks: [disk({ state: 'absent' })] });
      await lab.converge('storage-iscsi');
      describeStorage({ disks: [disk({ chap: { ...CHAP, password: 'another-password' } })] });
      const wrong = await lab.run('apply', 'storage-iscsi', '--limit', 'web1', '--skip-tags', 'verify');
      expect(wrong.failures.join()).toMatch(/CHAP/);
      describeStorage();
      expect((await lab.run('apply', 'storage-iscsi')).failures).toEqual([]);
      await lab.on('web1', 'umount /data && iscsiadm -m node -U all >/dev/null');
      await lab.on(
        'web1',
        'sed -i s/:web1/:web9/ /etc/iscsi/initiatorname.iscsi && systemctl restart iscsid',
      );
      const unlisted = await lab.try('web1', 'iscsiadm -m node -L all');
      expect([unlisted.status === 0, unlisted.stderr]).toEqual([
        false,
        expect.stringContaining('authorization failure'),
      ]);
    });

    test('leaves nothing that is served or mounted, and all that was written', async () => {
      await lab.converge('teardown-iscsi');
      await lab.converge('teardown-nfs');
      const left =
        'exportfs; ls /etc/exports.d; ls /sys/kernel/config/target/iscsi | grep ^iqn; losetup -n; true';
      expect(await lab.on('store', left)).toBe('');
      expect(await lab.on('store', 'ls /srv/www/log /srv/data.img')).toBe('/srv/data.img\n/srv/www/log');
      const mounts = 'findmnt -nt nfs4,ext4 -o TARGET; grep -c . /etc/fstab; ls /etc/iscsi/nodes';
      expect(await lab.on('web1', mounts)).toBe('/\n1');
    });
  });
});

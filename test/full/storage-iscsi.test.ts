import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ValueMap } from '../../src/model/value.ts';
import { TestLab } from '../lab/test-lab.ts';

const lab = new TestLab('iscsi', ['san1', 'web1']);
const IQN = 'iqn.2026-01.org.example';
const CHAP = { user: 'web1', password: 'only-in-the-lab' };
const LUN = { lun: 0, name: 'data', type: 'fileio', path: '/srv/data.img', size: '256M' };

/** One target, and one initiator with its disk at /data. */
function inventory(luns: readonly ValueMap[] = [LUN], chap: ValueMap = CHAP): ValueMap {
  const machine = (number: number): ValueMap => ({
    lab: { nics: [{ segment: 'lan', addresses: [`10.10.0.${number}/24`] }] },
  });
  const targets = [
    {
      iqn: `${IQN}:data`,
      portals: ['10.10.0.6'],
      luns,
      acls: [{ initiator: `${IQN}:web1`, chap: CHAP }],
    },
  ];
  const disks = [{ target: `${IQN}:data`, portals: ['10.10.0.6'], chap, fstype: 'ext4', path: '/data' }];
  return {
    all: {
      vars: { lab: { memory: 384, image: 'base' } },
      children: {
        iscsi_targets: { hosts: { san1: { ...machine(6), iscsi_targets: targets } } },
        iscsi_initiators: {
          hosts: { web1: { ...machine(11), iscsi_initiator_name: `${IQN}:web1`, iscsi_disks: disks } },
        },
      },
    },
  };
}

describe('a disk by iSCSI', () => {
  beforeAll(async () => {
    lab.describe(inventory());
    await lab.up();
  }, 600_000);

  afterAll(() => lab.down(), 60_000);

  test('is built from bare machines, just as planned, and a plan writes nothing', async () => {
    await lab.noteTime();
    expect((await lab.run('plan', 'storage-iscsi')).status).toBe(2);
    expect(await lab.writtenSince()).toEqual([]);
    await lab.convergeBare('storage-iscsi');
    expect(await lab.on('web1', 'lsblk -dno TRAN "$(findmnt -no SOURCE /data)"')).toBe('iscsi');
  });

  test('gets a neighbour while it is written, without an error', async () => {
    await lab.on(
      'web1',
      `cat >/tmp/write.sh <<'END'
until [ -e /tmp/stop ]; do echo "block $((n += 1))" | tee -a /tmp/wanted | dd of=/data/log oflag=append,sync conv=notrunc status=none || echo failed; done >/tmp/errors 2>&1
touch /tmp/stopped
END
nohup sh /tmp/write.sh >/dev/null 2>&1 &`,
    );
    expect((await lab.run('apply', 'storage-iscsi', '--skip-tags', 'verify')).changes).toEqual([]);
    lab.describe(inventory([LUN, { ...LUN, lun: 1, name: 'more', path: '/srv/more.img', size: '64M' }]));
    const applied = await lab.converge('storage-iscsi', '--skip-tags', 'verify');
    expect(applied.changes).toEqual([expect.stringContaining('Serve the target')]);
    const stop =
      'touch /tmp/stop; until [ -e /tmp/stopped ]; do :; done; cat /tmp/errors; cmp /tmp/wanted /data/log && echo same';
    expect(await lab.on('web1', stop)).toBe('same');
    expect(await lab.on('web1', 'dmesg | grep -ci "i/o error" || true')).toBe('0');
  });

  test('is read again after reboots of initiator and target, with no hand on it', async () => {
    const sum = await lab.on('web1', 'head -c 3000000 /dev/urandom >/data/file; sync; sha256sum </data/file');
    await lab.reboot('web1');
    const read =
      'until mountpoint -q /data; do sleep 1; done; echo 3 >/proc/sys/vm/drop_caches; sha256sum </data/file';
    expect(await lab.on('web1', read)).toBe(sum);
    await lab.reboot('san1');
    expect(await lab.on('web1', read)).toBe(sum);
    expect((await lab.run('plan', 'storage-iscsi', '--skip-tags', 'verify')).changes).toEqual([]);
  });

  test('is refused to a wrong password, and to an initiator that is not listed', async () => {
    await lab.on('web1', 'umount /data && iscsiadm -m node -U all >/dev/null');
    lab.describe(inventory([LUN], { ...CHAP, password: 'another-password' }));
    const wrong = await lab.run('apply', 'storage-iscsi', '--limit', 'web1', '--skip-tags', 'verify');
    expect(wrong.failures.join()).toMatch(/CHAP/);
    lab.describe(inventory());
    expect((await lab.run('apply', 'storage-iscsi')).failures).toEqual([]);
    await lab.on('web1', 'umount /data && iscsiadm -m node -U all >/dev/null');
    await lab.on('web1', 'sed -i s/:web1/:web9/ /etc/iscsi/initiatorname.iscsi && systemctl restart iscsid');
    const unlisted = await lab.try('web1', 'iscsiadm -m node -L all');
    expect([unlisted.status === 0, unlisted.stderr]).toEqual([
      false,
      expect.stringContaining('authorization failure'),
    ]);
  });
});

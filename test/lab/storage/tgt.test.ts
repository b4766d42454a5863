import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ValueMap } from '../../../src/model/value.ts';
import { TestLab } from '../test-lab.ts';
import { disk, FILE_LUN, CHAP as FORTH, IQN, target } from './machines.ts';
import { startWriting, stopWriting } from './writing.ts';

const lab = new TestLab('tgt', ['san1', 'web1']);
/** Both ways. */
const CHAP = { ...FORTH, mutual: { user: 'san1', password: 'only-on-the-way-back' } };
/** LUN 0 is tgtd's own; XFS wants 300 MiB. */
const FIRST = { ...FILE_LUN, lun: 1, size: '320M' };
const DISK = disk({ lun: 1, fstype: 'xfs', chap: CHAP });
const ACLS = [{ initiator: `${IQN}:web1`, chap: CHAP }];
const IN_USE = ['--skip-tags', 'verify'];

function describeLab(luns: readonly ValueMap[] = [FIRST], disks: readonly ValueMap[] = [DISK]): void {
  const machine = (number: number): ValueMap => ({
    lab: { nics: [{ segment: 'lan', addresses: [`10.10.0.${number}/24`] }] },
  });
  lab.describe({
    all: {
      vars: { lab: { memory: 384, image: 'base' }, iscsi_backend: 'tgt' },
      children: {
        iscsi_targets: { hosts: { san1: { ...machine(5), iscsi_targets: [target(luns, { acls: ACLS })] } } },
        iscsi_initiators: {
          hosts: { web1: { ...machine(11), iscsi_initiator_name: `${IQN}:web1`, iscsi_disks: disks } },
        },
      },
    },
  });
}

describe('a disk by iSCSI from tgtd', () => {
  beforeAll(async () => {
    describeLab();
    await lab.up();
  }, 600_000);

  afterAll(() => lab.down(), 60_000);

  test('is built from bare machines, just as planned, and tgtd listens nowhere else', async () => {
    await lab.convergeBare('storage-iscsi');
    expect(await lab.on('web1', 'lsblk -dno TRAN "$(findmnt -no SOURCE /data)"')).toBe('iscsi');
    expect(await lab.on('san1', "ss -Hltn 'sport = :3260' | awk '{print $4}'")).toBe('10.10.0.5:3260');
  });

  test('gets a neighbour while it is written, without an error', async () => {
    await startWriting(lab, 'web1', 'iscsi', '/data/log');
    expect((await lab.run('apply', 'storage-iscsi', ...IN_USE)).changes).toEqual([]);
    describeLab([FIRST, { ...FIRST, lun: 2, name: 'more', path: '/srv/more.img', size: '64M' }]);
    const applied = await lab.converge('storage-iscsi', ...IN_USE);
    expect(applied.changes).toEqual([expect.stringContaining('Serve the target')]);
    expect(await stopWriting(lab, 'web1', 'iscsi', '/data/log')).toBe('same');
    expect(await lab.on('web1', 'dmesg | grep -ci "i/o error" || true')).toBe('0');
  });

  test('is read again after reboots of initiator and target, with no hand on it', async () => {
    const read =
      'until mountpoint -q /data; do sleep 1; done; echo 3 >/proc/sys/vm/drop_caches; sha256sum </data/log';
    const sum = await lab.on('web1', read);
    await lab.reboot('web1');
    expect(await lab.on('web1', read)).toBe(sum);
    await lab.reboot('san1');
    expect(await lab.on('web1', read)).toBe(sum);
    expect((await lab.run('plan', 'storage-iscsi', ...IN_USE)).changes).toEqual([]);
  });

  test('is refused to a wrong password, and to an initiator that is not listed', async () => {
    describeLab([FIRST], [{ ...DISK, state: 'absent' }]);
    await lab.converge('storage-iscsi');
    describeLab([FIRST], [{ ...DISK, chap: { ...CHAP, password: 'another-password' } }]);
    const wrong = await lab.run('apply', 'storage-iscsi', '--limit', 'web1', ...IN_USE);
    expect(wrong.failures.join()).toMatch(/CHAP/);
    describeLab();
    expect((await lab.run('apply', 'storage-iscsi')).failures).toEqual([]);
    await lab.on('web1', 'umount /data && iscsiadm -m node -U all >/dev/null');
    await lab.on('web1', 'sed -i s/:web1/:web9/ /etc/iscsi/initiatorname.iscsi && systemctl restart iscsid');
    const unlisted = await lab.try('web1', 'iscsiadm -m node -L all');
    expect(unlisted.status).not.toBe(0);
    expect(await lab.on('web1', 'iscsiadm -m session 2>&1 || true')).toMatch('No active sessions');
  });

  test('is taken away, and leaves what was written', async () => {
    await lab.converge('teardown-iscsi');
    expect(await lab.on('san1', 'tgtadm --op show --mode target; ls /etc/tgt/conf.d')).toBe('');
    expect(await lab.on('san1', 'ls /srv/data.img')).toBe('/srv/data.img');
  });
});

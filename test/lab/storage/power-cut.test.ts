import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { troupe } from '../../cli/troupe.ts';
import { TestLab } from '../test-lab.ts';
import { CHAP, disk, FILE_LUN, IQN, target } from './machines.ts';

// XFS wants 300 MiB.
const LUN = { ...FILE_LUN, size: '320M' };
const DEVICE = '$(readlink -f /dev/disk/by-path/*iscsi*-lun-0)';
const IN_USE = ['--skip-tags', 'verify'];

const lab = new TestLab('power-cut', ['store', 'web1']);
const describeLab = (...disks: readonly ReturnType<typeof disk>[]): void => {
  const machine = (number: number) => ({
    lab: { nics: [{ segment: 'lan', address: `10.10.0.${number}/24` }] },
  });
  lab.describe({
    all: {
      children: {
        iscsi_targets: { hosts: { store: { ...machine(5), iscsi_targets: [target([LUN])] } } },
        iscsi_initiators: {
          vars: { chap: CHAP },
          hosts: { web1: { ...machine(11), iscsi_initiator_name: `${IQN}:web1`, iscsi_disks: disks } },
        },
      },
    },
  });
};
const XFS = disk({ fstype: 'xfs' });

beforeAll(async () => {
  describeLab(disk({ state: 'absent' }));
  await lab.up();
  describeLab(XFS);
});

afterAll(() => lab.down());

test('a file system whose making was cut off by a power cut is made anew', async () => {
  // What mkfs writes takes a while.
  await troupe('lab', 'slow', 'web1', '--rate', '4', '-i', lab.inventory);
  const applying = lab.run('apply', 'storage-iscsi', ...IN_USE);
  const isHalfMade = `test -n "$(ls /var/lib/troupe/mkfs 2>/dev/null)" && test "$(blkid -p -o value -s TYPE ${DEVICE})" = xfs`;
  await lab.on('web1', `until ${isHalfMade}; do sleep 0.02; done`);
  await troupe('lab', 'power', 'cut', 'web1', '-i', lab.inventory);
  const cut = await applying;
  expect(cut.status).toBe(1);
  expect(cut.failures.join()).toContain('web1');

  const on = await troupe('lab', 'power', 'on', 'web1', '-i', lab.inventory);
  expect(on.stderr).toBe('');
  const planned = await lab.run('plan', 'storage-iscsi', ...IN_USE);
  const steps = planned.finished.flatMap(({ changes }) => changes ?? []);
  expect(JSON.stringify(steps)).toContain('unfinished xfs');
  await lab.converge('storage-iscsi', ...IN_USE);
  expect(await lab.on('web1', 'ls /var/lib/troupe/mkfs')).toBe('');
});

test('a file system with data outlives a power cut', async () => {
  await lab.on('web1', 'echo data >/data/kept; sync');
  await troupe('lab', 'power', 'cut', 'web1', 'store', '-i', lab.inventory);
  await troupe('lab', 'power', 'on', 'store', '-i', lab.inventory);
  await troupe('lab', 'power', 'on', 'web1', '-i', lab.inventory);
  const applied = await lab.run('apply', 'storage-iscsi', ...IN_USE);
  expect(applied.failures).toEqual([]);
  expect(await lab.on('web1', 'cat /data/kept')).toBe('data');
});

import { expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { contentOf } from '../../../src/modules/filesystem-device.ts';
import { heldOf, stateOf } from '../../../src/modules/iscsi-state.ts';
import { compiled } from '../compile/compiled.ts';
import { executed } from '../execute/ran.ts';

const TARGET = 'iqn.2026-01.com.example:d0';
const DISK = `/dev/disk/by-path/ip-10.0.0.5:3260-iscsi-${TARGET}-lun-0`;

test('a bare host is planned whole: its name, the package, the login; and what is on the disk is open', async () => {
  const none = { stdout: '', stderr: '', missing: false };
  const bare = new FakeHost({
    answers: [
      [stateOf(TARGET, [0]), { ...none, rc: 3 }],
      [heldOf(TARGET), { ...none, rc: 0 }],
      [contentOf(DISK), { ...none, rc: 5 }],
    ],
  });
  const tasks = [
    { iscsi_initiator_name: { name: 'iqn.2026-01.com.example:web1' } },
    { package: { name: 'open-iscsi' } },
    { iscsi_initiator: { target: TARGET, portals: ['10.0.0.5'], luns: [0] } },
    { stat: { path: DISK, follow: true } },
    { filesystem: { dev: DISK, fstype: 'ext4' } },
  ];
  const site = compiled({ 'site.yml': JSON.stringify([{ hosts: 'all', tasks }]) });
  const { finished } = await executed('plan', site, { web1: bare });
  expect(finished.map(({ status }) => status)).toEqual(['changed', 'changed', 'changed', 'ok', 'unknown']);
});

import { expect, test } from '@jest/globals';
import { Trouble, trouble } from '../../../src/diagnostics/trouble.ts';
import { type DebianPackage, fromFirst } from '../../../src/lab/uml/debian-package.ts';

const PACKAGES = ['3', '2', '1'].map(
  (version): DebianPackage => ({ name: 'linux', version, architecture: 'all', pool: 'l/linux', sha256: '' }),
);
const notFetched = ({ version }: DebianPackage) => trouble('lab-package-not-fetched', `no ${version}`);

test('a package that cannot be fetched makes way for the next', async () => {
  const tried: string[] = [];
  const first = await fromFirst(PACKAGES, async (wanted) => {
    tried.push(wanted.version);
    if (wanted.version === '3') throw notFetched(wanted);
    return wanted.version;
  });
  expect(first).toEqual({ made: '2' });
  expect(tried).toEqual(['3', '2']);
});

test('where none can be fetched, each says why', async () => {
  const first = await fromFirst(PACKAGES, async (wanted) => {
    throw notFetched(wanted);
  });
  expect('refusals' in first && first.refusals.map(({ summary }) => summary)).toEqual([
    'no 3',
    'no 2',
    'no 1',
  ]);
});

test('what fails with a package that was fetched would fail with the next, too', async () => {
  const failed = fromFirst(PACKAGES, async () => {
    throw trouble('lab-kernel-failed', 'no compiler');
  });
  await expect(failed).rejects.toThrow(Trouble);
  await expect(failed).rejects.toThrow('no compiler');
});

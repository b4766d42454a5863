import { expect, test } from '@jest/globals';
import { FAKE_FACTS } from '../../../src/hosts/fake-world.ts';
import type { Captured } from '../../../src/model/probe.ts';
import { uri } from '../../../src/modules/uri.ts';
import { MARK } from '../../../src/modules/uri-script.ts';

const around = { facts: FAKE_FACTS, mode: 'apply', host: 'web1', folder: '/project' } as const;
const want = (params: object) =>
  uri.params.parse({ url: 'http://10.0.0.11/', return_content: true, ...params });
const answered = (stdout: string, more: Partial<Captured> = {}) => ({
  answer: { rc: 0, stdout, stderr: '', missing: false, ...more },
});

test('a page with the status that is expected is ok, and its content is kept byte for byte', () => {
  const found = answered(`line\n\n${MARK} 200\n`);
  expect(uri.plan(want({}), found, around)).toEqual([]);
  expect(uri.result?.(want({}), found, [])).toMatchObject({ status: 200, content: 'line\n' });
});

test('an empty page is a page', () => {
  expect(uri.result?.(want({}), answered(`\n${MARK} 200\n`), [])).toMatchObject({ status: 200, content: '' });
});

test('another status is a refusal that names both', () => {
  expect(uri.plan(want({ status_code: [200, 204] }), answered(`x\n${MARK} 503\n`), around)).toMatchObject({
    refused: 'GET http://10.0.0.11/: status 503, expected 200 or 204.',
  });
});

test('no answer is status 0, with the words of the program', () => {
  const found = answered(`\n${MARK} 000\n`, { stderr: 'curl: (7) Failed to connect\n' });
  expect(uri.plan(want({}), found, around)).toMatchObject({ refused: expect.stringContaining('curl: (7)') });
  expect(uri.result?.(want({}), found, [])).toMatchObject({ status: 0, msg: 'curl: (7) Failed to connect' });
});

test('a host without curl and wget is told what to install', () => {
  expect(uri.plan(want({}), answered('', { rc: 9 }), around)).toMatchObject({
    help: expect.stringContaining('curl'),
  });
});

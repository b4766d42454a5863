import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ROOT } from '../cli/troupe.ts';

// Labs of its own, so that a demo that somebody looks at stays up.
const folder = mkdtempSync(join(tmpdir(), 'troupe-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sh(...args: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', args, {
      cwd: ROOT,
      env: { ...process.env, XDG_STATE_HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? -1, output }));
  });
}

test.each(['dr', 'nat', 'tun', 'nfs', 'iscsi', 'web'])('the demo %s proves what it builds', async (mode) => {
  try {
    const { status, output } = await sh('scripts/demo.sh', mode);
    expect(output).toMatch(/Nothing to change on \d hosts\.[\s\S]*Done in \d+ s/);
    expect(output).not.toMatch(/error/);
    expect(status).toBe(0);
  } finally {
    await sh('-c', `./bin/troupe lab down -i inventory/lab-${mode}.yml`);
  }
});

test('a demo that there is not is refused with those that there are', async () => {
  const { status, output } = await sh('scripts/demo.sh', 'gfs');
  expect(status).toBe(3);
  expect(output).toContain("there is no demo 'gfs'");
});

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary.ts';

/** Shells that the loop must run in: a name, and the program that starts it. */
export interface TestShell {
  readonly name: string;
  readonly sh: string;
}

const found = (path: string): readonly string[] => (existsSync(path) ? [path] : []);

/** Dash, bash, and busybox's ash with busybox's own tools, as far as this machine has them. */
export function testShells(): readonly TestShell[] {
  return [
    ...found('/usr/bin/dash').map((sh) => ({ name: 'dash', sh })),
    ...found('/usr/bin/bash').map((sh) => ({ name: 'bash', sh })),
    ...found('/usr/bin/busybox').map((busybox) => ({ name: 'busybox', sh: busyboxShell(busybox) })),
  ];
}

/** The same, and busybox without the programs by which raw bytes are read: all ways to read a request's body. */
export const readingShells = (): readonly TestShell[] => [
  ...testShells(),
  ...found('/usr/bin/busybox').flatMap((busybox) => [
    { name: 'busybox without head', sh: busyboxShell(busybox, ['head']) },
    { name: 'busybox without head and dd', sh: busyboxShell(busybox, ['head', 'dd']) },
  ]),
];

/** A program that starts busybox's ash with nothing but busybox's programs on PATH. */
function busyboxShell(busybox: string, without: readonly string[] = []): string {
  const folder = temporaryFolder('busybox');
  chmodSync(folder, 0o755);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  execFileSync(busybox, ['--install', '-s', bin]);
  for (const name of without) rmSync(join(bin, name));
  const start = join(folder, 'start');
  writeFileSync(start, `#!/bin/sh\nPATH=${bin}; export PATH\nexec ${bin}/sh "$@"\n`, { mode: 0o755 });
  return start;
}

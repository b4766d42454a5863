import { assert } from './assert.ts';
import { command } from './command.ts';
import { copy } from './copy.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { file } from './file.ts';
import { lineinfile } from './lineinfile.ts';
import type { AnyModule } from './module.ts';
import { apt, dnf, packageModule } from './package.ts';
import { service, systemd } from './service.ts';
import { setFact } from './set-fact.ts';
import { shell } from './shell.ts';
import { stat } from './stat.ts';
import { template } from './template.ts';

/** All modules: the only place to add one. */
const all: readonly AnyModule[] = [
  apt,
  assert,
  command,
  copy,
  debug,
  dnf,
  fail,
  file,
  lineinfile,
  packageModule,
  service,
  setFact,
  shell,
  stat,
  systemd,
  template,
];

/** Modules by the name that playbooks use. */
export const modules: ReadonlyMap<string, AnyModule> = new Map(all.map((module) => [module.name, module]));

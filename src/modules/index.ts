import { acl } from './acl.ts';
import { assert } from './assert.ts';
import { command } from './command.ts';
import { copy } from './copy.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { fetch } from './fetch.ts';
import { file } from './file.ts';
import { filesystem } from './filesystem.ts';
import { hostsEntry } from './hosts-entry.ts';
import { ipAddress } from './ip-address.ts';
import { ipvsService } from './ipvs-service.ts';
import { iscsiInitiator } from './iscsi-initiator.ts';
import { iscsiInitiatorName } from './iscsi-initiator-name.ts';
import { iscsiTarget } from './iscsi-target.ts';
import { lineinfile } from './lineinfile.ts';
import { modprobe } from './modprobe.ts';
import type { AnyModule } from './module.ts';
import { mount } from './mount.ts';
import { nfsExport } from './nfs-export.ts';
import { apt, dnf, packageModule } from './package.ts';
import { route } from './route.ts';
import { service, systemd } from './service.ts';
import { setFact } from './set-fact.ts';
import { shell } from './shell.ts';
import { stat } from './stat.ts';
import { sysctl } from './sysctl.ts';
import { template } from './template.ts';
import { tgtTarget } from './tgt-target.ts';
import { uri } from './uri.ts';
import { waitFor } from './wait-for.ts';

/** All modules: the only place to add one. */
const all: readonly AnyModule[] = [
  acl,
  apt,
  assert,
  command,
  copy,
  debug,
  dnf,
  fail,
  fetch,
  file,
  filesystem,
  hostsEntry,
  ipAddress,
  ipvsService,
  iscsiInitiator,
  iscsiInitiatorName,
  iscsiTarget,
  lineinfile,
  modprobe,
  mount,
  nfsExport,
  packageModule,
  route,
  service,
  setFact,
  shell,
  stat,
  sysctl,
  systemd,
  template,
  tgtTarget,
  uri,
  waitFor,
];

/** Modules by the name that playbooks use. */
export const modules: ReadonlyMap<string, AnyModule> = new Map(all.map((module) => [module.name, module]));

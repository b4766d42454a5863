import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Target } from '../model/host.ts';
import type { InventoryHost, Variable } from '../model/inventory.ts';
import type { Become, Located } from '../model/playbook.ts';
import type { Tree } from '../model/tree.ts';
import { defined } from './defined.ts';
import { type Faults, notSupportedYet, throwFaults } from './faults.ts';
import { readBoolean, readNumber, readText, wrongType } from './read-tree.ts';

/** Our name of each connection variable, with Ansible's, newest first. */
const NAMES = {
  address: ['address', 'ansible_host', 'ansible_ssh_host'],
  port: ['port', 'ansible_port', 'ansible_ssh_port'],
  user: ['user', 'ansible_user', 'ansible_ssh_user'],
  identityFile: ['identity_file', 'ansible_ssh_private_key_file', 'ansible_private_key_file'],
  knownHostsFile: ['known_hosts_file'],
  proxyJump: ['proxy_jump'],
  connection: ['connection', 'ansible_connection'],
  becomePassword: ['become_password', 'ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'],
  connectTimeout: ['connect_timeout', 'ansible_timeout', 'ansible_ssh_timeout'],
  become: ['become', 'ansible_become'],
  becomeUser: ['become_user', 'ansible_become_user'],
} as const;

/** Variables of Ansible that would change the connection, were they read. */
const NOT_READ: ReadonlyMap<string, string> = new Map([
  ['ansible_ssh_common_args', 'Use proxy_jump, known_hosts_file, or ~/.ssh/config, which is read.'],
  ['ansible_ssh_extra_args', 'Use ~/.ssh/config, which is read.'],
  ['ansible_ssh_args', 'Use ~/.ssh/config, which is read.'],
  ['ansible_ssh_pass', 'Use a key: identity_file, or an agent.'],
  ['ansible_password', 'Use a key: identity_file, or an agent.'],
  ['ansible_ssh_password', 'Use a key: identity_file, or an agent.'],
]);

const CONNECT_TIMEOUT_S = 10;

/** What `targetOf` may be given besides the host. */
export interface TargetOptions {
  /** Variables over the inventory's: `-e`. */
  readonly extra?: ReadonlyMap<string, Variable>;
  /** Renders a template in a variable; without it templates are refused. */
  readonly render?: (tree: Tree) => Tree;
}

/** How to reach a host. Throws one `Trouble` with all faults of its connection variables. */
export function targetOf(host: InventoryHost, options: TargetOptions = {}): Target {
  const faults: Faults = [];
  const read = readerOf(host, options, faults);
  for (const [name, help] of NOT_READ) {
    const variable = host.vars.get(name);
    if (variable) notSupportedYet(`The variable ${name}`, help, variable.place, faults);
  }
  const text = (key: keyof typeof NAMES): string | undefined => read(key, readText)?.value;
  const port = read('port', (tree, what, sink) => readNumber(tree, what, sink, { least: 1 }));
  if (port && port.value > 65535) {
    faults.push(
      fault('wrong-type', 'port must be at most 65535.', { help: 'Check the number.', place: port.place }),
    );
  }
  const seconds = read('connectTimeout', (tree, what, sink) =>
    readNumber(tree, what, sink, { least: 1, whole: false }),
  );
  const optional = {
    port: port?.value,
    user: text('user'),
    identityFile: pathOf(read('identityFile', readText)),
    knownHostsFile: pathOf(read('knownHostsFile', readText)),
    proxyJump: text('proxyJump'),
    becomePassword: text('becomePassword'),
  };
  const target = {
    name: host.name,
    connection: read('connection', readConnection)?.value ?? ('ssh' as const),
    address: text('address') ?? host.name,
    connectTimeoutMs: (seconds?.value ?? CONNECT_TIMEOUT_S) * 1000,
    ...defined(optional),
  };
  throwFaults(faults);
  return target;
}

/** `become` and `become_user` of a host's variables: what holds where neither play nor task says otherwise. */
export function becomeOf(host: InventoryHost, options: TargetOptions = {}): Become | undefined {
  const faults: Faults = [];
  const read = readerOf(host, options, faults);
  const enabled = read('become', readBoolean);
  const user = read('becomeUser', readText);
  throwFaults(faults);
  return enabled && { enabled, ...(user && { user }) };
}

type Reader<T> = (tree: Tree, what: string, faults: Faults) => Located<T> | undefined;
type Read = <T>(key: keyof typeof NAMES, reader: Reader<T>) => Located<T> | undefined;

function readerOf(host: InventoryHost, options: TargetOptions, faults: Faults): Read {
  return (key, reader) => {
    for (const vars of [options.extra, host.vars]) {
      for (const name of NAMES[key]) {
        const tree = vars?.get(name)?.tree;
        const rendered = tree && render(tree, `The variable ${name}`, options, faults);
        if (tree) return rendered && reader(rendered, `The variable ${name}`, faults);
      }
    }
    return undefined;
  };
}

function render(tree: Tree, what: string, options: TargetOptions, faults: Faults): Tree | undefined {
  if (tree.kind !== 'scalar' || !String(tree.value).includes('{{')) return tree;
  if (options.render) return options.render(tree);
  return wrongType(
    tree,
    what,
    'a plain value',
    faults,
    'Write the value out: a connection is made before templates are read.',
  );
}

const readConnection: Reader<Target['connection']> = (tree, what, faults) => {
  const text = readText(tree, what, faults);
  if (!text) return undefined;
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(text.value)) return { ...text, value: 'ssh' };
  if (text.value === 'local') return { ...text, value: 'local' };
  return wrongType(tree, what, 'ssh or local', faults);
};

/** `~/` is the home directory; a relative path counts from the file that says it. */
function pathOf(path: Located<string> | undefined): string | undefined {
  if (!path) return undefined;
  if (/^~(\/|$)/.test(path.value)) return join(homedir(), path.value.slice(1));
  return resolve(dirname(path.place.file), path.value);
}

import type { Inventory, InventoryHost, Variable } from '../model/inventory.ts';
import { plainValue } from '../model/tree.ts';
import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { type Format, formatOption, type HostOptions, inventoryOption } from './options.ts';

interface InventoryOptions extends HostOptions {
  readonly format?: Format;
  readonly explain?: string;
}

/** `troupe inventory [HOST] -i INVENTORY [--explain VAR]`: hosts, groups, variables, and where each value comes from. */
export const inventoryCommand: AddCommand = (program, io, done) => {
  formatOption(
    inventoryOption(
      program
        .command('inventory [host]')
        .description('Hosts, groups and variables of an inventory; with a host, its variables.')
        .option('--explain <variable>', 'where the value of this variable comes from, and what it hides'),
    ),
  ).action((host: string | undefined, options: InventoryOptions) => done(show(host, options, io)));
};

async function show(name: string | undefined, options: InventoryOptions, io: Io): Promise<number> {
  const { loadInventory } = await import('../load/inventory.ts');
  const inventory = await loadInventory(options.inventory);
  const hosts = name === undefined ? [...inventory.hosts.values()] : [await hostNamed(inventory, name)];
  if (options.format === 'json') {
    io.stdout.write(`${JSON.stringify(asJson(inventory, hosts), null, 2)}\n`);
  } else if (options.explain !== undefined) {
    for (const host of hosts) io.stdout.write(explained(host, options.explain));
  } else if (name === undefined) {
    io.stdout.write(listed(inventory));
  } else {
    for (const host of hosts) io.stdout.write(variablesOf(host));
  }
  return EXIT.done;
}

async function hostNamed(inventory: Inventory, name: string): Promise<InventoryHost> {
  const host = inventory.hosts.get(name);
  if (host) return host;
  const { trouble } = await import('../diagnostics/trouble.ts');
  const { didYouMean } = await import('../diagnostics/did-you-mean.ts');
  const hint = didYouMean(name, [...inventory.hosts.keys()]);
  throw trouble(
    'unknown-host',
    `${inventory.file} has no host '${name}'.`,
    hint === undefined ? {} : { help: hint },
  );
}

/** Hosts with groups, plain variables and sources, for `--format json`. */
function asJson(inventory: Inventory, hosts: readonly InventoryHost[]): object {
  const varsOf = (host: InventoryHost) =>
    Object.fromEntries([...host.vars].map(([key, variable]) => [key, plainValue(variable.tree)]));
  const sourcesOf = (host: InventoryHost) =>
    Object.fromEntries([...host.vars].map(([key, variable]) => [key, source(variable)]));
  return {
    hosts: Object.fromEntries(
      hosts.map((host) => [host.name, { groups: host.groups, vars: varsOf(host), sources: sourcesOf(host) }]),
    ),
    groups: Object.fromEntries(inventory.groups),
  };
}

function listed(inventory: Inventory): string {
  return [...inventory.groups]
    .filter(([, members]) => members.length > 0)
    .map(([group, members]) => `${group}\n${members.map((member) => `  ${member}\n`).join('')}`)
    .join('');
}

const variablesOf = (host: InventoryHost): string =>
  [
    `${host.name}  (${host.groups.join(', ')})`,
    ...[...host.vars]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, variable]) => `  ${key}: ${text(variable)}  # ${variable.from}`),
    '',
  ].join('\n');

function explained(host: InventoryHost, name: string): string {
  const variable = host.vars.get(name);
  if (!variable) return `${host.name}: ${name} is not set in the inventory\n`;
  const lines = [variable, ...variable.hides].map(
    (each, index) => `  ${index === 0 ? '=' : 'hides'} ${text(each)}  # ${source(each)}, ${each.from}`,
  );
  return `${host.name}: ${name}\n${lines.join('\n')}\n`;
}

const text = (variable: Variable): string => JSON.stringify(plainValue(variable.tree));
const source = ({ place }: Variable): string => `${place.file}:${place.line}:${place.column}`;

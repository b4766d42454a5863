import fc from 'fast-check';
import type { JsonSchema } from '../../../src/modules/module-schema.ts';

/** Few values each, so that tasks of one playbook meet: by parameter, or by module and parameter. */
const POOLS: Readonly<Record<string, readonly unknown[]>> = {
  address: ['192.0.2.10/32', '192.0.2.11/24'],
  'hosts_entry.address': ['192.0.2.10', '192.0.2.11'],
  'ipvs_service.address': ['192.0.2.10', '192.0.2.11'],
  'real_servers.address': ['10.0.0.11', '10.0.0.12'],
  chdir: ['/srv', '/srv/d'],
  cmd: ['true', 'echo a b'],
  content: ['', 'a\n', 'b', 'one\ntwo\n'],
  creates: ['/srv/a', '/srv/d/e'],
  dest: ['/srv/a', '/srv/b', '/srv/d', '/srv/d/e', '/srv/d/e/f'],
  device: ['lan0', 'lo'],
  group: ['root', 'www-data', '33'],
  insertafter: ['one', 'EOF'],
  insertbefore: ['two', 'BOF'],
  line: ['one', 'two', 'three = 3'],
  'package.name': ['curl', 'apache2', 'nginx', 'odd'],
  'service.name': ['apache2', 'nginx.service', 'ssh', 'odd'],
  'sysctl.name': ['net.ipv4.ip_forward', 'net.ipv4.vs.conntrack', 'net/ipv4/conf/lan0/rp_filter'],
  'modprobe.name': ['ip_vs', 'dummy', 'ipip'],
  'modprobe.params': ['', 'numdummies=2'],
  names: ['web1', 'web1.lab', 'web2'],
  mode: ['0644', '0755', '0600', 'u+x', 'go-rwx'],
  owner: ['root', 'www-data', '33'],
  path: ['/srv/a', '/srv/b', '/srv/d', '/srv/d/e', '/srv/l'],
  regexp: ['one', '^three', '(t)wo'],
  removes: ['/srv/a', '/srv/b'],
  src: ['/srv/a', 'd', 'd/e'],
  stdin: ['', 'text'],
  sysctl_file: ['/etc/sysctl.d/60-own.conf'],
  to: ['default', '10.30.0.0/24'],
  unless: ['true'],
  onlyif: ['true'],
  validate: ['true %s'],
  value: [0, 1, '1', true],
  via: ['10.0.0.1', '10.0.0.254'],
  word: ['a', 'b'],
};
const ALIASES: Readonly<Record<string, string>> = { apt: 'package', systemd: 'service', shell: 'command' };

/** Parameters drawn from a module's own schema. */
export function drawnParams(module: string, schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const of = ALIASES[module] ?? module;
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const value = drawn(of, name, part);
    // State and content decide most; the rest is mostly left to its default.
    const weight = /^(state|content|name|names|line|persistent|cmd|value|address|port|scheduler)$/.test(name)
      ? 8
      : 2;
    const absent = { weight: 10 - weight, arbitrary: fc.constant(undefined) };
    return [name, required.has(name) ? value : fc.oneof({ weight, arbitrary: value }, absent)] as const;
  });
  return fc
    .record(Object.fromEntries(fields))
    .map((params) => Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)));
}

function drawn(of: string, name: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  const pool = POOLS[`${of}.${name}`] ?? POOLS[name];
  if (pool) {
    const one = fc.constantFrom(...pool);
    return schema.type === 'array' || schema.anyOf?.some(({ type }) => type === 'array')
      ? fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 2 }))
      : one;
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((part) => drawn(of, name, part)));
  switch ([schema.type ?? 'string'].flat()[0]) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.constantFrom(0, 1, 2, 80);
    case 'array':
      return fc.array(drawn(of, name, schema.items ?? {}), { maxLength: 2 });
    case 'object':
      return drawnParams(name, schema);
    default:
      return fc.constantFrom(...(POOLS.word ?? []));
  }
}

import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadInventory } from '../../../src/load/inventory.ts';
import { selectHosts } from '../../../src/load/pattern.ts';
import { brief, faultsOf, project } from './project.ts';

const inventory = () =>
  loadInventory(
    join(
      project({
        'hosts.yml':
          'all: {hosts: {lone: , "2001:db8::1": }}\nweb: {hosts: {"web[1:3]": }}\ndb: {hosts: {db1: , web3: }}\nnone: {}\n',
      }),
      'hosts.yml',
    ),
  );

describe('A host pattern', () => {
  test.each([
    ['all', 'lone 2001:db8::1 web1 web2 web3 db1'],
    ['*', 'lone 2001:db8::1 web1 web2 web3 db1'],
    ['web2', 'web2'],
    ['db', 'web3 db1'],
    ['none', ''],
    ['ungrouped', 'lone 2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8::1,web1', '2001:db8::1 web1'],
    ['db:lone', 'lone web3 db1'],
    ['db1,web1', 'web1 db1'],
    ['web:&db', 'web3'],
    ['web:!db', 'web1 web2'],
    ['!db:web', 'web1 web2'],
    ['!db', 'lone 2001:db8::1 web1 web2'],
    ['web*', 'web1 web2 web3'],
    ['d*', 'web3 db1'],
    ['web?', 'web1 web2 web3'],
    ['~(web|db)1', 'web1 db1'],
    ['~web[12]:lone', 'lone web1 web2'],
    ['web[0]', 'web1'],
    ['web[-1]', 'web3'],
    ['web[0:1]', 'web1 web2'],
    ['web[1:]', 'web2 web3'],
    ['web[0],db1', 'web1 db1'],
  ])('%s selects %s', (pattern, hosts) => {
    expect(selectHosts(inventory(), pattern).join(' ')).toBe(hosts);
  });

  test.each([
    ['wbe', 'There is no host or group "wbe".', 'Did you mean "web"?'],
    ['web:!lonee', 'There is no host or group "lonee".', 'Did you mean "lone"?'],
    ['mail*', 'No host or group matches "mail*".', 'troupe inventory'],
    ['~mail', 'No host or group matches "~mail".', 'troupe inventory'],
    ['~(', 'Invalid regular expression', 'after ~'],
    ['web[7]', 'There is no host web[7].', 'web has 3'],
    ['localhost', 'There is no host or group "localhost".', 'connection: local'],
    ['', 'The host pattern is empty.', 'Name a host'],
  ])('%j is refused', (pattern, summary, help) => {
    const place = { file: 'site.yml', line: 1, column: 10 };
    const [fault] = faultsOf(() => selectHosts(inventory(), pattern, place));
    expect(fault && brief(fault)).toContain(`unknown-host-pattern 1:10 ${summary}`);
    expect(fault?.help).toContain(help);
  });

  test('reports every unknown name in it', () => {
    expect(faultsOf(() => selectHosts(inventory(), 'wbe:dbb')).length).toBe(2);
  });
});

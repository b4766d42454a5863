import { expect, test } from '@jest/globals';
import { inOrder } from '../../../src/modules/ipvs-order.ts';
import { parseTable, type RealServer, renderTable, type Service } from '../../../src/modules/ipvs-table.ts';
import { renderThresholds, withThresholds } from '../../../src/modules/ipvs-thresholds.ts';
import fc from '../../random.ts';

const server: fc.Arbitrary<RealServer> = fc.record({
  address: fc.constantFrom('10.0.0.11:80', '10.0.0.12:8080', '[2001:db8::11]:80'),
  method: fc.constantFrom('nat', 'dr', 'tun'),
  weight: fc.nat(),
  tunnel: fc.constantFrom([], ['--tun-type', 'gue', '--tun-port', '6080', '--tun-nocsum']),
  upper: fc.nat(65535),
  lower: fc.nat(65535),
});
const service: fc.Arbitrary<Service> = fc.record({
  key: fc.constantFrom(
    '-t 192.0.2.10:80',
    '-u [2001:db8::10]:53',
    '--sctp-service 192.0.2.10:1',
    '-f 7',
    '-f 8 -6',
  ),
  scheduler: fc.constantFrom('sh', 'mh'),
  schedFlags: fc.constantFrom([], ['port'], ['fallback', 'port']),
  persistence: fc.nat(),
  netmask: fc.constantFrom('', '255.255.255.0', '64'),
  engine: fc.constantFrom('', 'sip'),
  onePacket: fc.boolean(),
  servers: fc.uniqueArray(server, { selector: ({ address }) => address }),
});
const table = fc.uniqueArray(service, { selector: ({ key }) => key });

test('a table that is rendered is read back as it was', () => {
  fc.assert(
    fc.property(table, (services) => {
      const read = withThresholds(
        parseTable(renderTable(inOrder(services))),
        renderThresholds(inOrder(services)),
      );
      expect(read).toEqual(inOrder(services));
    }),
  );
});

test('what ipvsadm prints is rendered as it was printed', () => {
  const printed = [
    '-A -t 192.0.2.10:80 -s wrr -p 300 -M 255.255.255.0',
    '-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 3',
    '-a -t 192.0.2.10:80 -r 10.0.0.12:80 -i -w 0 --tun-type gue --tun-port 6080 --tun-nocsum',
    '-a -t 192.0.2.10:80 -r 10.0.0.100:80 -i -w 1 --tun-type ipip',
    '-A -u 192.0.2.10:53 -s rr -o',
    '-A -t [2001:db8::10]:80 -s rr -p 300 -M 64',
    '-A -f 7 -6 -s sh -b sh-fallback,sh-port',
    '-a -f 7 -6 -r [2001:db8::11]:0 -m -w 1',
    '',
  ].join('\n');
  expect(renderTable(parseTable(printed))).toBe(printed);
});

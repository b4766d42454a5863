import * as z from 'zod';
import { readFile } from '../model/probe-makers.ts';
import { withNames, withoutNames } from './hosts-file.ts';
import { address } from './ip-address-text.ts';
import { absentBy, defineModule } from './module.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

const FILE = '/etc/hosts';
const NO_NAME = 'This is no host name; write one such as web1.example.org, or a list of them.';
const NAME = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, NO_NAME);

/** A line of /etc/hosts. */
export const hostsEntry = defineModule({
  name: 'hosts_entry',
  absence: (want) => absentBy('hosts_entry', want, 'address', 'names'),
  doc: `Keeps names of an address in /etc/hosts.

The names are added to the line that the address has, or to a new line at the end; names that stand there already stay,
and so does every other line (hosts(5): fields are separated by blanks, \`#\` begins a comment). The first name is what the
address is called.`,
  params: () =>
    z
      .strictObject({
        address: address.describe('IPv4 or IPv6 address.'),
        names: z
          .union([NAME.transform((name) => [name]), z.array(NAME)], { error: NO_NAME })
          .default([])
          .describe(
            'Name or list of names. With `state: absent`, those that go; none given: all of the address.',
          ),
        state: z
          .enum(['present', 'absent'])
          .default('present')
          .describe('Whether the names are to be there.'),
      })
      .refine((want) => want.state === 'absent' || want.names.length > 0, {
        path: ['names'],
        error: 'Write names that the address is to have.',
      }),
  examples: [
    { title: 'Name a real server', params: { address: '10.0.0.11', names: ['web1.example.org', 'web1'] } },
    { title: 'Forget it', params: { address: '10.0.0.11', state: 'absent' } },
  ],
  identity: (want) => want.address,
  inspect: () => ({ hosts: readFile(FILE) }),
  plan: (want, found) => {
    const refusal = editRefusal(FILE, found.hosts);
    if (refusal) return refusal;
    const text = textOf(found.hosts) ?? '';
    const after = want.state === 'present' ? withNames(text, want) : withoutNames(text, want);
    return fileSteps('content', FILE, text, after);
  },
});

import { expect, test } from '@jest/globals';
import type { ChannelListener } from '../../../src/hosts/channel.ts';
import { Wire } from '../../../src/hosts/wire.ts';

/** A wire over a channel whose other end is this test. */
function wired() {
  let listener: ChannelListener | undefined;
  const channel = {
    write: () => {},
    send: async () => {},
    pause: () => {},
    close: () => {},
    handOn: () => {},
    listen: (one: ChannelListener) => {
      listener = one;
    },
  };
  const wire = new Wire(channel, 'N', () => new Error('lost'));
  const says = (stream: 'stdout' | 'stderr', text: string) => listener?.output(stream, Buffer.from(text));
  return { wire, says };
}

const WATCH = { limit: () => 1000 };

test.each([
  ['stderr', 'stdout'],
  ['stdout', 'stderr'],
] as const)('two answers are told apart where %s is ahead of %s', async (ahead, behind) => {
  const { wire, says } = wired();
  const answers = [wire.request(Buffer.from('one'), WATCH), wire.request(Buffer.from('two'), WATCH)];
  const answer = (name: string) => `N|s ${name}\n${name}N|c ${name} 0\nN|end 0\n`;
  says(ahead, answer('first') + answer('second'));
  says(behind, answer('first') + answer('second'));
  const texts = (await Promise.all(answers)).map(({ sections }) =>
    [...sections].map(([key, section]) => [key, section.text(ahead), section.text(behind)]),
  );
  expect(texts).toEqual([[['first', 'first', 'first']], [['second', 'second', 'second']]]);
});

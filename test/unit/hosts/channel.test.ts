import { expect, test } from '@jest/globals';
import { ChannelEars } from '../../../src/hosts/channel.ts';

test('what a channel says before anybody listens is told to the first who does', () => {
  const ears = new ChannelEars();
  const heard: string[] = [];
  const hear = (name: string) =>
    ears.listen({
      output: (_stream, chunk) => heard.push(`${name} ${chunk}`),
      end: () => heard.push(`${name} end`),
    });
  ears.output('stdout', Buffer.from('ready'));
  hear('first');
  ears.output('stdout', Buffer.from('more'));
  hear('second');
  expect(heard).toEqual(['first ready', 'first more']);
});

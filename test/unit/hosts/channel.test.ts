import { expect, test } from '@jest/globals';
import { ChannelEars, ChannelMouth } from '../../../src/hosts/channel.ts';

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

test('what a listener hands on, and what came with it, is told to the next one in its order', () => {
  const ears = new ChannelEars();
  for (const text of ['one', 'two', 'three']) ears.output('stdout', Buffer.from(text));
  const heard: string[] = [];
  ears.listen({ output: (stream) => ears.handOn([[stream, Buffer.from('rest of one')]]), end: () => {} });
  ears.output('stdout', Buffer.from('four'));
  ears.listen({ output: (_stream, chunk) => heard.push(`${chunk}`), end: () => {} });
  expect(heard).toEqual(['rest of one', 'two', 'three', 'four']);
});

test('what is written in one turn goes out as one piece, and before the channel is closed', async () => {
  const sent: string[] = [];
  const mouth = new ChannelMouth((data) => sent.push(data.toString()));
  mouth.write('one ');
  mouth.write(Buffer.from('two'));
  expect(sent).toEqual([]);
  await Promise.resolve();
  mouth.write(' three');
  await new Promise(setImmediate);
  expect(sent).toEqual(['one two three']);
  mouth.write('last');
  mouth.flush();
  await new Promise(setImmediate);
  expect(sent).toEqual(['one two three', 'last']);
});

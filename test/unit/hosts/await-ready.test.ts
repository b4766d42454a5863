import { expect, test } from '@jest/globals';
import { awaitReady } from '../../../src/hosts/await-ready.ts';
import { ChannelEars } from '../../../src/hosts/channel.ts';

const BECOMING = {
  ...{ host: 'web1', user: undefined, login: 'admin', prompt: 'PROMPT', password: undefined },
  ...{ mark: 'abc', timeoutMs: 10_000 },
};

function channel() {
  const ears = new ChannelEars();
  const silent = { write: () => {}, send: async () => {}, pause: () => {}, close: () => {} };
  return { ears, channel: { ...silent, listen: ears.listen.bind(ears), handOn: ears.handOn.bind(ears) } };
}

test.each([
  ['in one piece', ['Welcome to web1\nabcready.N|v uid 0\n']],
  ['cut in the mark', ['Welcome to web1\nabcre', 'ady.N|v uid 0\n']],
  ['behind a long greeting', ['x'.repeat(10_000), 'abcready.N|v uid 0\n']],
])('the first answer may come with the word that the shell is ready: %s', async (_how, pieces) => {
  const { ears, channel: opened } = channel();
  const ready = awaitReady(opened, BECOMING);
  ears.output('stderr', Buffer.from('N|s uname\n'));
  for (const piece of pieces) ears.output('stdout', Buffer.from(piece));
  // The same turn of the event loop, before anybody else can listen.
  ears.output('stdout', Buffer.from('N|end 0\n'));
  ears.output('stderr', Buffer.from('N|end 0\n'));
  await ready;
  const heard = { stdout: '', stderr: '' };
  ears.listen({
    output: (stream, chunk) => {
      heard[stream] += chunk;
    },
    end: () => {},
  });
  ears.output('stdout', Buffer.from('later'));
  expect(heard).toEqual({ stdout: 'N|v uid 0\nN|end 0\nlater', stderr: 'N|s uname\nN|end 0\n' });
});

// The scripted shell of the fleet: what a real `sh` answered to a request once is the answer of every host.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Answers by what was asked. The nonce of a host's frames is cut out; every host puts in its own. */
const recordings = new Map();

/** Speaks as the loop of src/shell/loop.ts does, over a channel of an ssh2 server. */
export function recordedShell(channel, command) {
  const [, mark] = /(\w+) ready; d=/.exec(command) ?? [];
  let input = Buffer.alloc(0);
  let loop;
  let queue = Promise.resolve();
  const take = (end) => {
    const taken = input.subarray(0, end);
    input = input.subarray(end);
    return taken;
  };
  const next = () => {
    const end = input.indexOf(10);
    if (end < 0) return false;
    const line = input.toString('latin1', 0, end);
    if (loop === undefined) {
      loop = { command, nonce: /^N=(\w+);/.exec(line)?.[1], sent: [withoutLock(take(end + 1))] };
      answer(Buffer.alloc(0));
      return true;
    }
    const [verb, mode = '', amount] = line.split(' ');
    if (verb === 'x') {
      channel.exit(0);
      channel.end();
      return false;
    }
    if (verb !== 'q' && verb !== 's') {
      take(end + 1);
      return true;
    }
    const length = requestLength(input, end + 1, mode, Number(amount));
    if (length === undefined) return false;
    const request = take(length);
    answer(request);
    // The first request brings what the later ones need.
    if (verb === 's') loop.sent.push(request);
    return true;
  };
  const answer = (request) => {
    const sent = [...loop.sent];
    queue = queue.then(async () => {
      const { stdout, stderr } = await recorded(loop, sent, request);
      channel.write(stdout.join(loop.nonce), 'latin1');
      channel.stderr.write(stderr.join(loop.nonce), 'latin1');
    });
  };
  channel.on('data', (chunk) => {
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
    while (next());
  });
  channel.write(`${mark}ready.`);
}

/** The lock is the host's own affair: this machine has one for all of them. As long as it was, the shell counts bytes. */
const withoutLock = (text) =>
  Buffer.from(text.toString('latin1').replace('flock -n 9', 'true      '), 'latin1');

/** Bytes of a request with its head; undefined while some are missing. Mode r counts lines, the others bytes. */
function requestLength(input, start, mode, amount) {
  if (!mode.startsWith('r')) return input.length >= start + amount ? start + amount : undefined;
  let end = start;
  for (let left = amount; left > 0; left -= 1) {
    const at = input.indexOf(10, end);
    if (at < 0) return undefined;
    end = at + 1;
  }
  return end;
}

function recorded(loop, sent, request) {
  const hash = createHash('sha256').update(request);
  // The loop itself differs between hosts by its nonce alone.
  if (request.length === 0) hash.update('greeting');
  const key = hash.digest('hex');
  const known = recordings.get(key);
  if (known) return known;
  const recording = record(loop, sent, request);
  recordings.set(key, recording);
  return recording;
}

/** Runs one request in a real shell, after those that were sent before it. */
function record({ command, nonce }, sent, request) {
  const ends = sent.length + (request.length > 0 ? 1 : 0);
  return new Promise((resolve, reject) => {
    const sh = spawn('sh', ['-c', command], { stdio: 'pipe' });
    const seen = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      sh[stream].setEncoding('latin1').on('data', (chunk) => {
        seen[stream] += chunk;
        const answers = ['stdout', 'stderr'].map((each) => answerIn(seen[each], nonce, ends));
        if (answers.includes(undefined)) return;
        sh.stdin.end('d\nx\n');
        resolve({ stdout: answers[0], stderr: answers[1] });
      });
    }
    sh.on('error', reject);
    sh.stdin.write(Buffer.concat([...sent, request]));
  });
}

/** What lies between nonces in the answer that so many end marks close; undefined while it is not whole. */
function answerIn(text, nonce, ends) {
  const parts = text.split(nonce);
  const closing = parts.flatMap((part, at) => (part.startsWith('|end ') && part.includes('\n') ? [at] : []));
  if (closing.length < ends) return undefined;
  const from = closing[ends - 2] ?? 0;
  // Before the first mark of a stream there may be what the shell said on its own.
  return ['', ...parts.slice(from + 1, closing[ends - 1] + 1)];
}

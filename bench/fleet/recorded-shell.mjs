// The scripted shell of the fleet: what a real `sh` answered to a request once is the answer of every host.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Answers by what was asked. The nonce of a host's frames is cut out; every host puts in its own. */
const recordings = new Map();

/** Speaks as the loop of src/shell/loop.ts does, over a channel of an ssh2 server. */
export function recordedShell(channel, command) {
  const [, mark] = /(\w+) ready; IFS=/.exec(command) ?? [];
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
      loop = { command, nonce: /^N=(\w+);/.exec(line)?.[1], text: take(end + 1) };
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
    queue = queue.then(async () => {
      const answer = verb === 's' ? LOCKED : await recorded(loop, request);
      channel.write(answer.stdout.join(loop.nonce), 'latin1');
      channel.stderr.write(answer.stderr.join(loop.nonce), 'latin1');
    });
    return true;
  };
  channel.on('data', (chunk) => {
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
    while (next());
  });
  channel.write(`${mark}ready.`);
}

/** The lock is the host's own affair: taken in the loop itself, and of nothing that the controller could tell apart. */
const LOCKED = { stdout: ['', '|v lock y\n', '|end 0\n'], stderr: ['', '|end 0\n'] };

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

function recorded(loop, request) {
  const key = createHash('sha256').update(request).digest('hex');
  const known = recordings.get(key);
  if (known) return known;
  const recording = record(loop, request);
  recordings.set(key, recording);
  return recording;
}

/** Runs one request in a real shell. */
function record({ command, nonce, text }, request) {
  return new Promise((resolve, reject) => {
    const sh = spawn('sh', ['-c', command], { stdio: 'pipe' });
    const seen = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      sh[stream].setEncoding('latin1').on('data', (chunk) => {
        seen[stream] += chunk;
        if (!isWhole(seen.stdout, nonce) || !isWhole(seen.stderr, nonce)) return;
        sh.stdin.end('d\nx\n');
        const from = seen.stdout.indexOf(nonce);
        resolve({
          stdout: ['', ...seen.stdout.slice(from).split(nonce).slice(1)],
          stderr: seen.stderr.split(nonce),
        });
      });
    }
    sh.on('error', reject);
    sh.stdin.write(Buffer.concat([text, request]));
  });
}

const isWhole = (text, nonce) => text.includes(`${nonce}|end `) && text.endsWith('\n');

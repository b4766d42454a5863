import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { trouble } from '../diagnostics/trouble.ts';
import type { ConnectOptions, Host, Target } from '../model/host.ts';
import { type Channel, ChannelEars, type Launch } from './channel.ts';
import { openHost, type ShellTuning } from './open-host.ts';

/** This machine as a host: the same loop in a child process. */
export const connectLocal = (
  target: Target,
  options: ConnectOptions,
  tuning: ShellTuning = {},
): Promise<Host> =>
  openHost(target, options, {
    launch: launchHere(target.name),
    login: userInfo().username,
    close: async () => undefined,
    tuning,
  });

/** Not zx: this is one long-lived program with three raw streams, not a command with an answer. */
const launchHere =
  (host: string): Launch =>
  ([command = 'sh', ...args]) =>
    new Promise((resolve, reject) => {
      // A process group of its own, which the watchdog may end.
      const child = spawn(command, args, { detached: true, stdio: 'pipe' });
      const ears = new ChannelEars();
      child.stdout.on('data', (chunk) => ears.output('stdout', chunk));
      child.stderr.on('data', (chunk) => ears.output('stderr', chunk));
      // A daemon may hold the streams open; the end of the shell is the end.
      child.on('exit', (code, signal) => ears.end({ code, ...(signal ? { signal } : {}) }));
      child.on('error', (error) =>
        reject(trouble('unreachable', `${host}: ${command} cannot be started: ${error.message}.`, { host })),
      );
      child.stdin.on('error', () => undefined);
      const channel: Channel = {
        write: (data) => void child.stdin.write(data),
        send: (data) => new Promise((sent) => void child.stdin.write(data, () => sent())),
        pause: (on) => void (on ? child.stdout.pause() : child.stdout.resume()),
        listen: (listener) => ears.listen(listener),
        handOn: (heard) => ears.handOn(heard),
        close: () => {
          child.stdin.end();
          child.stdout.destroy();
          child.stderr.destroy();
          child.unref();
        },
      };
      child.on('spawn', () => resolve(channel));
    });

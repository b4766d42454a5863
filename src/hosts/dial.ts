import { connect, type Socket } from 'node:net';
import type { Target } from '../model/host.ts';
import { jumpTarget, type SshSettings, sshSettings } from './ssh-settings.ts';

/** A TCP connection to a target, or to the first of its jump hosts; it may still be on its way, or have failed. */
export interface Dialled {
  /** Of the target itself. */
  readonly settings: SshSettings;
  readonly socket: Socket;
}

/**
 * Opens the TCP connection for ssh: at once, because an sshd takes about as long to start as ssh2 takes to load. Who takes
 * the socket over looks at `errored`. Data is sent as it comes: of ssh2's two writes in a row at the end of the key
 * exchange, the second would wait until the first is acknowledged, which a server that has nothing to say puts off by
 * 40 ms (RFC 1122 4.2.3.2 and 4.2.3.4).
 */
export function dial(target: Target): Dialled {
  const settings = sshSettings(target);
  const [jump] = settings.jumps;
  const { host, port } = jump === undefined ? settings : sshSettings(jumpTarget(jump, target));
  const socket = connect({ host, port, noDelay: true });
  socket.on('error', () => undefined);
  socket.pause();
  return { settings, socket };
}

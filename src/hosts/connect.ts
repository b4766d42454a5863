import type { Connect } from '../model/host.ts';
import { connectLocal } from './local.ts';
import { connectSsh } from './ssh.ts';

/** Opens a connection by the target's own kind. */
export const connect: Connect = (target, options) =>
  target.connection === 'local' ? connectLocal(target, options) : connectSsh(target, options);

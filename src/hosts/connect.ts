import { setImmediate as turn } from 'node:timers/promises';
import type { Connect } from '../model/host.ts';
import { dial } from './dial.ts';

/** Opens a connection by the target's own kind, whose library is loaded when the first host needs it. */
export const connect: Connect = async (target, options) => {
  if (target.connection === 'local') {
    const { connectLocal } = await import('./local.ts');
    return connectLocal(target, options);
  }
  const dialled = dial(target);
  // Until the event loop has turned, nothing has left this machine.
  await turn();
  const { connectSsh } = await import('./ssh.ts');
  return connectSsh(target, options, {}, dialled);
};

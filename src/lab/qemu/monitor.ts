import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { trouble } from '../../diagnostics/trouble.ts';

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/**
 * Runs a command of a machine's human monitor (`savevm`, `loadvm`) through its QMP socket (QEMU, "QMP reference manual").
 * Throws a Trouble with the monitor's own words.
 */
export async function humanMonitor(socket: string, line: string): Promise<void> {
  let said: string;
  try {
    said = String(await ask(socket, 'human-monitor-command', { 'command-line': line }));
  } catch (error) {
    said = `Error: ${error instanceof Error ? error.message : error}`;
  }
  if (!said.startsWith('Error')) return;
  throw trouble('lab-monitor', `The machine's monitor refuses "${line}": ${said.trim()}`, {
    help: 'Take the lab down and up again.',
  });
}

async function ask(socket: string, command: string, args: object): Promise<unknown> {
  const connection = createConnection(socket);
  try {
    const lines = createInterface({ input: connection });
    const failed = new Promise<never>((_, reject) => {
      connection.once('error', reject);
      connection.once('close', () => reject(new Error('it has closed its socket')));
    });
    failed.catch(() => {});
    const answers = lines[Symbol.asyncIterator]();
    const next = async (): Promise<Answer> => {
      for (;;) {
        const line = await Promise.race([answers.next(), failed]);
        if (line.done) throw new Error('it has closed its socket');
        const message = JSON.parse(line.value);
        // Everything else is an event.
        if ('return' in message || 'error' in message || 'QMP' in message) return message;
      }
    };
    const send = async (execute: string, more: object): Promise<unknown> => {
      connection.write(`${JSON.stringify({ execute, arguments: more })}\n`);
      const answer = await next();
      if (answer.error) throw new Error(answer.error.desc);
      return answer.return;
    };
    await next();
    await send('qmp_capabilities', {});
    return await send(command, args);
  } finally {
    connection.destroy();
  }
}

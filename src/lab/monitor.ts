import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

/** Sends one command to a machine's QMP socket and answers what it returned (QEMU, "QMP reference manual"). */
export async function monitor(socket: string, command: string, args: object = {}): Promise<unknown> {
  const connection = createConnection(socket);
  try {
    const lines = createInterface({ input: connection });
    const failed = new Promise<never>((_, reject) => {
      connection.once('error', reject);
      connection.once('close', () => reject(new Error(`${socket} closed`)));
    });
    failed.catch(() => {});
    const answers = lines[Symbol.asyncIterator]();
    const next = async (): Promise<{ return?: unknown; error?: { desc: string } }> => {
      for (;;) {
        const line = await Promise.race([answers.next(), failed]);
        if (line.done) throw new Error(`${socket} closed`);
        const message = JSON.parse(line.value);
        if ('return' in message || 'error' in message || 'QMP' in message) return message;
      }
    };
    await next();
    for (const [execute, more] of [
      ['qmp_capabilities', {}],
      [command, args],
    ] as const) {
      connection.write(`${JSON.stringify({ execute, arguments: more })}\n`);
      const answer = await next();
      if (answer.error) throw new Error(answer.error.desc);
      if (execute === command) return answer.return;
    }
    return undefined;
  } finally {
    connection.destroy();
  }
}

/** Runs a command of the human monitor (`savevm`, `loadvm`); throws with its words when it complains. */
export async function humanMonitor(socket: string, line: string): Promise<string> {
  const said = String(await monitor(socket, 'human-monitor-command', { 'command-line': line }));
  if (/^Error/m.test(said)) throw new Error(said.trim());
  return said;
}

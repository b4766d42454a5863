import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { Trouble, trouble } from '../diagnostics/trouble.ts';
import type { ConnectOptions, Host, Target } from '../model/host.ts';
import { quoteAll } from '../shell/quote.ts';
import { askNoProof } from './ask-no-proof.ts';
import { type Channel, ChannelEars, ChannelMouth, type Launch } from './channel.ts';
import { checkHostKey } from './check-host-key.ts';
import { type Dialled, dial } from './dial.ts';
import { type Identities, identities, keyFiles } from './identities.ts';
import { hostKeyAlgorithms } from './known-hosts.ts';
import { entriesFor } from './known-keys.ts';
import { openHost, type ShellTuning } from './open-host.ts';
import { signAtOnce } from './sign-at-once.ts';
import { signingKey } from './signing-key.ts';
import { jumpTarget, type SshSettings, type SshTarget, sshSettings } from './ssh-settings.ts';

/** A host over ssh: one connection, through jump hosts where they are asked for. */
export async function connectSsh(
  target: Target,
  options: ConnectOptions,
  tuning: ShellTuning = {},
  { settings, socket }: Dialled = dial(target),
): Promise<Host> {
  const clients: ssh2.Client[] = [];
  const close = async (): Promise<void> => {
    for (const client of clients.reverse()) client.end();
  };
  try {
    let sock: Duplex = socket;
    for (const jump of settings.jumps) {
      const via = sshSettings(jumpTarget(jump, target));
      const next: ssh2.Client = await open(target.name, via, sock);
      clients.push(next);
      const after: SshTarget | undefined = nextHop(settings, jump, target);
      const to = after ? sshSettings(after) : settings;
      sock = await forward(target.name, next, to);
    }
    const client = await open(target.name, settings, sock);
    clients.push(client);
    return await openHost(target, options, {
      launch: launchOver(target.name, client),
      login: settings.user,
      close,
      tuning,
    });
  } catch (error) {
    await close();
    socket.destroy();
    throw error;
  }
}

/** The jump after this one; undefined where the target itself comes next. */
function nextHop(settings: SshSettings, jump: string, target: Target): SshTarget | undefined {
  const next = settings.jumps[settings.jumps.indexOf(jump) + 1];
  return next === undefined ? undefined : jumpTarget(next, target);
}

function forward(host: string, client: ssh2.Client, to: SshSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
      if (!error) return resolve(stream);
      reject(
        trouble(
          'unreachable',
          `${host}: the jump host cannot reach ${to.host}:${to.port}: ${error.message}.`,
          { host },
        ),
      );
    });
  });
}

const keys = keyFiles<ssh2.ParsedKey>((bytes) => {
  const parsed = ssh2.utils.parseKey(bytes);
  if (!(parsed instanceof Error))
    return parsed.isPrivateKey() ? { key: signingKey(parsed) } : { unusable: 'unreadable' };
  return { unusable: /encrypted|passphrase/i.test(parsed.message) ? 'encrypted' : 'unreadable' };
});

/** Opens one ssh connection over a stream. */
async function open(host: string, settings: SshSettings, sock: Duplex): Promise<ssh2.Client> {
  const entries = entriesFor(settings.knownHostsFiles, settings.keyName, settings.port);
  const who = identities(settings, keys);
  // What fails before ssh2 listens, it would wait for in vain.
  if (sock.errored) throw explain(host, settings, who, sock.errored, false);
  const left = [...who.usable];
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let refusal: Trouble | undefined;
    let shown = false;
    client.on('ready', () => resolve(client));
    client.on('error', (error) => {
      // An agent that does not answer is one identity less, not the end.
      if ('level' in error && error.level === 'agent') return;
      reject(refusal ?? explain(host, settings, who, error, shown));
      client.destroy();
    });
    client.on('close', () => reject(refusal ?? unreachable(host, settings, 'the connection was closed')));
    client.connect({
      sock,
      username: settings.user,
      readyTimeout: settings.timeoutMs,
      keepaliveInterval: settings.keepaliveMs,
      keepaliveCountMax: settings.keepaliveCount,
      algorithms: { serverHostKey: hostKeyAlgorithms(entries) as ssh2.ServerHostKeyAlgorithm[] },
      hostVerifier: (blob: Buffer) => {
        shown = true;
        refusal = checkHostKey(host, settings, entries, blob);
        return refusal === undefined;
      },
      authHandler: (_left, _partial, next) => {
        const identity = left.shift();
        if (!identity) next(false as unknown as ssh2.AnyAuthMethod);
        else if (identity.kind === 'agent')
          next({ type: 'agent', username: settings.user, agent: identity.socket });
        else next({ type: 'publickey', username: settings.user, key: identity.key });
      },
    });
    signAtOnce(client);
    askNoProof(client);
  });
}

function explain(
  host: string,
  settings: SshSettings,
  who: Identities<unknown>,
  error: Error & { level?: string; code?: string },
  shown: boolean,
): Trouble {
  if (error instanceof Trouble) return error;
  if (error.level === 'client-authentication') {
    const tried = who.usable.map((one) => (one.kind === 'key' ? one.file : 'the agent'));
    const passed = who.passedOver.length > 0 ? ` Not tried: ${who.passedOver.join('; ')}.` : '';
    const encrypted = who.passedOver.some((why) => why.endsWith('is encrypted'));
    return trouble(
      'auth-refused',
      `${host}: ${settings.host} let ${settings.user} not in with any of our keys.`,
      {
        host,
        help:
          `Tried: ${tried.join(', ') || 'nothing, there is no key and no agent'}.${passed} ` +
          (encrypted
            ? 'Unlock the key for the agent: ssh-add FILE.'
            : `Put the public key into ~${settings.user}/.ssh/authorized_keys there, or set identity_file.`),
      },
    );
  }
  if (error.level === 'client-timeout') {
    const stage = shown ? 'the handshake took too long' : `no answer within ${settings.timeoutMs / 1000} s`;
    return unreachable(host, settings, stage);
  }
  const codes: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused: no sshd listens there',
    ENOTFOUND: 'the name is not known',
    EAI_AGAIN: 'the name server does not answer',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to the network',
    ETIMEDOUT: 'no answer',
    ECONNRESET: 'the connection was reset',
  };
  return unreachable(host, settings, codes[error.code ?? ''] ?? error.message);
}

const unreachable = (host: string, { host: address, port, user }: SshSettings, why: string): Trouble =>
  trouble('unreachable', `${host}: ${address}:${port} cannot be reached: ${why.replace(/\.$/, '')}.`, {
    host,
    help: `Check address and port in the inventory; by hand: ssh -p ${port} ${user}@${address}`,
  });

const LAST_WORDS_MS = 500;

/** Programs over exec channels. */
const launchOver =
  (host: string, client: ssh2.Client): Launch =>
  (argv) =>
    new Promise((resolve, reject) => {
      const refuse = (why: string): void =>
        reject(trouble('connection-lost', `${host}: no channel could be opened: ${why}.`, { host }));
      try {
        client.exec(`exec ${quoteAll(argv)}`, (error, stream) => {
          if (error) refuse(error.message);
          else resolve(channelOf(client, stream));
        });
      } catch (error) {
        // ssh2 throws where the connection is gone already.
        refuse(error instanceof Error ? error.message : String(error));
      }
    });

function channelOf(client: ssh2.Client, stream: ssh2.ClientChannel): Channel {
  const ears = new ChannelEars();
  const mouth = new ChannelMouth((data) => void stream.write(data));
  let code: number | null = null;
  let signal: string | undefined;
  stream.on('data', (chunk: Buffer) => ears.output('stdout', chunk));
  stream.stderr.on('data', (chunk: Buffer) => ears.output('stderr', chunk));
  const end = (): void => ears.end({ code, ...(signal ? { signal } : {}) });
  stream.on('exit', (status: number | null, name?: string) => {
    code = status;
    signal = name;
    // `close` waits for whoever inherited the streams, a daemon for ever; the last words come sooner.
    setTimeout(end, LAST_WORDS_MS).unref();
  });
  stream.on('close', end);
  stream.on('error', () => undefined);
  client.on('close', end);
  return {
    write: (data) => mouth.write(data),
    send: (data) => {
      mouth.flush();
      return new Promise((sent) => void stream.write(data, () => sent()));
    },
    pause: (on) => void (on ? stream.pause() : stream.resume()),
    listen: (listener) => ears.listen(listener),
    handOn: (heard) => ears.handOn(heard),
    close: () => {
      mouth.flush();
      stream.close();
    },
  };
}

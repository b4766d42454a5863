import type { Buffer } from 'node:buffer';

/** The side of ssh2's parsed keys that is used here. */
interface Key {
  isPrivateKey(): boolean;
  sign(data: Buffer, hash?: string): Buffer | Error;
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

/** The side of ssh2's protocol that is used here. It is not public: where it is otherwise, nothing is changed. */
interface Protocol {
  authPK?: (user: string, key: Key, algorithm?: string, sign?: Sign) => void;
}

/** Hashes that go with the names of RSA signatures (RFC 8332 3); other keys have one of their own. */
const HASHES: Readonly<Record<string, string>> = {
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
  'ssh-rsa': 'sha1',
};

/**
 * Has a client that is about to connect sign with a key at once. ssh2 asks first whether the key would do, which a client may
 * leave out (RFC 4252 7): that saves a round trip. Keys of an agent are asked about as before: to sign may want a touch.
 */
export function signAtOnce(client: object): void {
  const protocol = (client as { _protocol?: Protocol })._protocol;
  const authPK = protocol?.authPK;
  if (!protocol || !authPK) return;
  protocol.authPK = (user, key, algorithm, sign) => {
    const ask = (): void => authPK.call(protocol, user, key, algorithm);
    if (sign) authPK.call(protocol, user, key, algorithm, sign);
    else if (key.isPrivateKey()) authPK.call(protocol, user, key, algorithm, signer(key, algorithm, ask));
    else ask();
  };
}

/** Signs; a key that cannot is asked about after all, and ssh2 then tells why. */
const signer =
  (key: Key, algorithm: string | undefined, ask: () => void): Sign =>
  (data, done) => {
    const signature = key.sign(data, HASHES[algorithm ?? '']);
    if (signature instanceof Error) ask();
    else done(signature);
  };

/** The side of ssh2's protocol that is used here. It is not public: where it is otherwise, nothing is changed. */
interface Protocol {
  openssh_hostKeysProve?: (keys: readonly unknown[]) => void;
  ping?: () => void;
}

/**
 * Spares a server to prove that it has all of its host keys, which ssh2 asks of it once it has told of them
 * (hostkeys-prove-00 in OpenSSH's PROTOCOL 2.5): a signature there and a verification here for each key, and nobody listens.
 * The packet that goes out instead, ssh2's sign of life, acknowledges the server's; without one, the server's next would
 * wait for that (docs/decisions/0025-no-waiting-in-the-handshake.md). A server refuses it, which ssh2 takes for the answer
 * that it waits for.
 */
export function askNoProof(client: object): void {
  const protocol = (client as { _protocol?: Protocol })._protocol;
  if (protocol?.openssh_hostKeysProve && protocol.ping) protocol.openssh_hostKeysProve = protocol.ping;
}

/** An ed25519 key pair that can be read, as the text of OpenSSH's files. */
export function keyPair(): { readonly private: string; readonly public: string };

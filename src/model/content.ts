/** Bytes from which on a file is not held in memory, on its way up as little as for a diff: 1 MiB. */
export const LARGE_BYTES = 1024 * 1024;

/** A file of this machine that is not held in memory: it is read when it is sent, and told by its hash. */
export interface LocalFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 in lower-case hex. Left open while loading; filled in once a run, before any host is asked for the file. */
  sha256?: string;
}

/** What a file is to hold. */
export type Content = Uint8Array | LocalFile;

export const isLocal = (content: Content): content is LocalFile => !(content instanceof Uint8Array);

/** Length in bytes. */
export const sizeOf = (content: Content): number => (isLocal(content) ? content.size : content.length);

/** True where a file's hash is still to be filled in. */
export const isUnhashed = (content: Content | undefined): content is LocalFile =>
  content !== undefined && isLocal(content) && content.sha256 === undefined;

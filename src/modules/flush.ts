/**
 * Shell function `flush PATH...`: waits until disks have these files, directories or devices, and fails where one cannot. A sync(1)
 * that takes no names writes everything.
 */
export const FLUSH = `flush() { case $(sync --version 2>/dev/null) in sync*coreutils*) sync -- "$@" ;; *) sync ;; esac; }`;

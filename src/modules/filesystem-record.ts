/**
 * Records of what mkfs has begun: a file for each, by the UUID of the file system. It is on the disk before mkfs writes its first
 * byte, and goes once the device has all that mkfs wrote. See docs/decisions/0027.
 */
export const RECORDS = '/var/lib/troupe/mkfs';

/**
 * Shell function `in_progress DEVICE`: 0 where the XFS on it was finished. mkfs.xfs sets sb_inprogress, byte 126 of the superblock
 * (struct xfs_dsb in xfs_format.h), with the first superblock that it writes, and clears it by its last write. The kernel mounts no
 * such file system (xfs_validate_sb_common in xfs_sb.c), not even read-only.
 */
export const IN_PROGRESS = `in_progress() { dd if="$1" bs=1 skip=126 count=1 2>/dev/null | od -An -tu1 | tr -d ' '; }`;

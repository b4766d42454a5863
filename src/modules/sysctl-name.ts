/** Dotted name of a kernel parameter, `/` where a part has a dot; takes both forms of sysctl.d(5). */
export const dottedName = (name: string): string => (startsWithSlash(name) ? swapped(name) : name);

/** Path of a kernel parameter below /proc/sys. */
export const procPath = (name: string): string => `/proc/sys/${swapped(dottedName(name))}`;

// sysctl.d(5): where the first separator is a slash, dots are part of the name.
const startsWithSlash = (name: string): boolean => /^[^.]*\//.test(name);
const swapped = (name: string): string => name.replace(/[./]/g, (char) => (char === '.' ? '/' : '.'));

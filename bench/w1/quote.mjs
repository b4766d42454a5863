/** A word of sh. */
export const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

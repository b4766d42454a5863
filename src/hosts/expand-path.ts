/** `~`, the `%` letters and ${VARIABLES} of ssh_config(5); `home` is where ~ is. */
export function expandPath(path: string, home: string, letters: Readonly<Record<string, string>>): string {
  return path
    .replace(/^~(?=\/|$)/, home)
    .replace(/\$\{(\w+)\}/g, (_all, name: string) => process.env[name] ?? '')
    .replace(/%(.)/g, (all, letter: string) =>
      letter === '%' ? '%' : letter === 'd' ? home : (letters[letter] ?? all),
    );
}

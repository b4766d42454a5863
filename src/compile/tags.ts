/** Ansible's rule: `never` wants to be asked for by name, `always` runs unless it is skipped, the rest go by --tags. */
export function wanted(own: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const named = (names: readonly string[]) =>
    own.some((tag) => names.includes(tag)) || (own.length === 0 && names.includes('untagged'));
  const never = own.includes('never');
  const asked =
    own.includes('always') ||
    named(only) ||
    ((only.length === 0 || only.includes('all')) && !never) ||
    (only.includes('tagged') && own.length > 0 && !never);
  if (!asked) return false;
  if (skip.includes('all')) return own.includes('always') && !skip.includes('always');
  return !named(skip) && !(skip.includes('tagged') && own.length > 0);
}

/** Ansible's rule: `never` wants to be asked for, `always` runs unless it is skipped, the rest go by --tags. */
export function wanted(own: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const has = (names: readonly string[]) =>
    own.some((tag) => names.includes(tag)) ||
    (names.includes('tagged') && own.length > 0) ||
    (names.includes('untagged') && own.length === 0);
  if (skip.includes('all') ? !own.includes('always') : has(skip)) return false;
  if (own.includes('always')) return true;
  const asked =
    only.length === 0 ? !own.includes('never') : only.includes('all') ? !own.includes('never') : has(only);
  return asked;
}

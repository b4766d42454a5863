/** What Ansible's ranges in a host's name stand for: `web[1:3]`, `db-[a:c]`, `n[01:10:3]`; undefined where one is wrong. */
export function hostsOfRange(name: string): readonly string[] | undefined {
  const match = /^(.*?)\[([^\]]*)\](.*)$/.exec(name);
  if (!match) return /[[\]]/.test(name) ? undefined : [name];
  const [, before = '', range = '', after = ''] = match;
  const [from = '', to = '', step = '1', extra] = range.split(':');
  const middle = extra === undefined && /^[1-9]\d*$/.test(step) ? steps(from, to, Number(step)) : undefined;
  const rest = hostsOfRange(after);
  if (!middle || !rest) return undefined;
  return middle.flatMap((one) => rest.map((tail) => before + one + tail));
}

const MOST = 10_000;

function steps(from: string, to: string, step: number): readonly string[] | undefined {
  if (/^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(to)) {
    return count(from.charCodeAt(0), to.charCodeAt(0), step)?.map((code) => String.fromCharCode(code));
  }
  if (!/^\d*$/.test(from) || !/^\d+$/.test(to)) return undefined;
  const width = /^0\d/.test(from) ? from.length : 0;
  return count(Number(from), Number(to), step)?.map((number) => String(number).padStart(width, '0'));
}

function count(from: number, to: number, step: number): readonly number[] | undefined {
  const length = Math.floor((to - from) / step) + 1;
  if (length < 1 || length > MOST) return undefined;
  return Array.from({ length }, (_, index) => from + index * step);
}

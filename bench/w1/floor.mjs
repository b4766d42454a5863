// The floors: W1 as hand-written sh scripts, one for each host, run by one `ssh` each. What they do is what Troupe does:
// look, and where something is not as it should be, replace it by a temporary file, fsync and rename.
import { createHash } from 'node:crypto';
import { quote } from './quote.mjs';
import { itemsOf } from './work.mjs';

/** A process a check: `stat` and `cmp` for each file. Does the work of every scenario. */
export function plainFloor({ name, root }) {
  return `cd ${quote(root)} || exit 1
n=0
put() { # path mode: the content comes by stdin
  cat >"$1.new" && chmod "$2" "$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && n=$((n+1))
}
${itemsOf(name).map(plainCheck).join('\n')}
echo "changed $n"
`;
}

const plainCheck = (item) =>
  ({
    directory: ({ path, mode }) =>
      `[ "$(stat -c '%F %a' ${path} 2>/dev/null)" = 'directory ${mode}' ] || { mkdir -p ${path}; chmod ${mode} ${path}; n=$((n+1)); }`,
    file: ({ path, mode, content }) =>
      `c=${quote(content)}
{ [ "$(stat -c '%F %a' ${path} 2>/dev/null)" = 'regular file ${mode}' ] && printf %s "$c" | cmp -s - ${path}; } || printf %s "$c" | put ${path} ${mode}`,
    line: ({ path, regexp, line }) =>
      `grep -qx '${line}' ${path} || sed 's/${regexp}.*/${line}/' ${path} | put ${path} 644`,
    command: ({ path }) => `[ -e ${path} ] || { touch ${path}; n=$((n+1)); }`,
  })[item.kind](item);

/** One `stat`, one `sha256sum` and one `grep` for all files. With `writing`, what it finds changed is put right, batched too. */
export function batchedFloor({ name, root }, writing) {
  const items = itemsOf(name);
  const of = (kind) => items.filter((item) => item.kind === kind);
  const checks = { stat: of('directory').concat(of('file')), sum: of('file'), line: of('line') };
  const limits = [...new Set(checks.line.map(({ path }) => path))];
  return `cd ${quote(root)} || exit 1
nl='
'
n=0
stats=$(stat -c '%F %a %n' ${paths(checks.stat)} 2>/dev/null)
sums=$(sha256sum ${paths(checks.sum)} 2>/dev/null)
lines=$(grep -Hx ${checks.line.map(({ line }) => `-e '${line}'`).join(' ')} ${limits.join(' ')})
${of('command')
  .map(({ path }) => `[ -e ${path} ] || { touch ${path}; n=$((n+1)); }`)
  .join('\n')}
${writing ? batchedWork(of, limits) : batchedVerdict(checks)}
echo "changed $n"
`;
}

const paths = (items) => items.map(({ path }) => path).join(' ');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const statOf = ({ kind, mode, path }) => `${kind === 'file' ? 'regular file' : kind} ${mode} ${path}`;
const sumOf = ({ content, path }) => `${sha256(content)}  ${path}`;
const lineOf = ({ path, line }) => `${path}:${line}`;

/** Everything is right, or the floor ends with 1: it is for hosts that are unchanged. */
function batchedVerdict({ stat, sum, line }) {
  const inOrder = [...line].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return [
    `[ "$stats" = '${stat.map(statOf).join('\n')}' ] || exit 1`,
    `[ "$sums" = '${sum.map(sumOf).join('\n')}' ] || exit 1`,
    `[ "$lines" = '${inOrder.map(lineOf).join('\n')}' ] || exit 1`,
  ].join('\n');
}

function batchedWork(of, limits) {
  return `has() { case "$nl$1$nl" in *"$nl$2$nl"*) ;; *) return 1 ;; esac; }
need() { n=$((n+1)); new="$new $1.new"; }
make='' mode750='' mode644='' mode640='' new=''
${of('directory')
  .map(
    (item) =>
      `has "$stats" '${statOf(item)}' || { make="$make ${item.path}"; mode750="$mode750 ${item.path}"; n=$((n+1)); }`,
  )
  .join('\n')}
[ -z "$make" ] || mkdir -p $make
${of('file')
  .map(
    (item) =>
      `{ has "$stats" '${statOf(item)}' && has "$sums" '${sumOf(item)}'; } || { printf %s ${quote(item.content)} >${item.path}.new; mode${item.mode}="$mode${item.mode} ${item.path}.new"; need ${item.path}; }`,
  )
  .join('\n')}
${limits
  .map((path) => {
    const own = of('line').filter((item) => item.path === path);
    return `edit=''
${own.map((item) => `has "$lines" '${lineOf(item)}' || { edit="$edit;s/${item.regexp}.*/${item.line}/"; n=$((n+1)); }`).join('\n')}
[ -z "$edit" ] || { sed "\${edit#;}" ${path} >${path}.new; mode644="$mode644 ${path}.new"; new="$new ${path}.new"; }`;
  })
  .join('\n')}
[ -z "$mode750" ] || chmod 750 $mode750
[ -z "$mode644" ] || chmod 644 $mode644
[ -z "$mode640" ] || chmod 640 $mode640
[ -z "$new" ] || sync $new
for file in $new; do mv -f "$file" "\${file%.new}"; done`;
}

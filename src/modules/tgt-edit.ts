import { type Run, run } from '../model/step.ts';

/**
 * One thing that is done: arguments of tgtadm(8), or `file PATH BYTES`, which makes a sparse file where there is none or an empty
 * one. Nothing in it holds a blank.
 */
export type TgtEdit = readonly string[];

/** Does the edits, a line each, until \`keep FILE\`, whose lines follow, or \`forget FILE\`. */
const EDIT = `set -f
while read -r word rest; do
  case $word in
    file)
      [ -s "\${rest% *}" ] || (umask 077; truncate -s "\${rest##* }" "\${rest% *}") || exit
      continue ;;
    forget) rm -f "$rest"; exit ;;
    keep)
      mkdir -p "\${rest%/*}" && umask 077 && cat >"$rest.troupe" && sync && exec mv -f "$rest.troupe" "$rest"
      exit 1 ;;
  esac
  # Its arguments, split at blanks. tgtadm takes a password by no other way; tgt-admin, too, gives it so at every boot.
  said=$(tgtadm --lld iscsi $word $rest 2>&1) || {
    all="$word $rest"
    echo "tgtadm \${all%% --password*}: $said" >&2
    case $said in *connect* | *'not connected'*) echo 'tgtd does not answer: systemctl status tgt (RHEL: tgtd)' >&2 ;; esac
    exit 1
  }
done`;

/** The program that does the edits, and keeps (or takes away) the file by which the target is there again after a reboot. */
export const tgtEdits = (edits: readonly TgtEdit[], file: string, text: string | undefined): Run =>
  run(['sh', '-c', EDIT], {
    stdin: [
      ...edits.map((words) => words.join(' ')),
      text === undefined ? `forget ${file}\n` : `keep ${file}\n${text}`,
    ].join('\n'),
    secretStdin: true,
  });

/** Exit statuses of the script: neither curl nor wget; wget that cannot do what is asked. */
export const NO_CLIENT = 9;
export const WGET_CANNOT = 8;

/** Line before the status, after the content. No page is likely to hold it. */
export const MARK = 'troupe-uri-status';

/**
 * Asks for a page: $1 method, $2 seconds, $3 `follow` or `stay`, $4 `check` or `trust` (certificates), $5 URL, then headers.
 * The body, if any, is its input. Prints the content, a line with MARK, and the HTTP status (000: no answer); what went
 * wrong goes to stderr. wget is the fallback, GNU's or busybox's, which do less.
 */
export const URI_SCRIPT = `method=$1 limit=$2 follow=$3 check=$4 url=$5; shift 5
if command -v curl >/dev/null; then
  n=$#; while [ "$n" -gt 0 ]; do set -- "$@" -H "$1"; shift; n=$((n - 1)); done
  case $method in GET) ;; HEAD) set -- "$@" -I ;; *) set -- "$@" -X "$method" --data-binary @- ;; esac
  [ "$follow" = stay ] || set -- "$@" -L
  [ "$check" = check ] || set -- "$@" -k
  curl -sS -m "$limit" -w '\\n${MARK} %{http_code}\\n' "$@" "$url" || :
elif command -v wget >/dev/null; then
  n=$#; while [ "$n" -gt 0 ]; do set -- "$@" --header="$1"; shift; n=$((n - 1)); done
  gnu=; case $(wget --version 2>/dev/null) in 'GNU Wget'*) gnu=yes ;; esac
  case $method in
  GET) ;;
  HEAD) set -- "$@" --spider ;;
  POST) set -- "$@" --post-data="$(cat)" ;;
  *) [ -n "$gnu" ] || exit ${WGET_CANNOT}; set -- "$@" --method="$method" --body-data="$(cat)" ;;
  esac
  if [ -n "$gnu" ]; then
    set -- "$@" --tries=1 --content-on-error
    [ "$follow" != stay ] || set -- "$@" --max-redirect=0
  elif [ "$follow" = stay ]; then
    exit ${WGET_CANNOT}
  fi
  [ "$check" = check ] || set -- "$@" --no-check-certificate
  # The status is among its messages, so these are kept, while the content goes its way.
  { said=$({ wget -S -T "$limit" -O - "$@" "$url" 2>&3 >&4 || :; } 3>&1); } 4>&1
  status=$(printf '%s\\n' "$said" | sed -n 's|^ *HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' | tail -n 1)
  [ -n "$status" ] || printf '%s\\n' "$said" >&2
  printf '\\n${MARK} %s\\n' "\${status:-000}"
else
  exit ${NO_CLIENT}
fi`;

/** The same, but it fails on a status that is not among the words of EXPECTED. */
export const STRICT_URI_SCRIPT = `{ ${URI_SCRIPT}
} | awk '{ print } $1 == "${MARK}" { status = $2 } END {
  if (index(" " ENVIRON["EXPECTED"] " ", " " status " ")) exit 0
  print "HTTP status " status ", expected " ENVIRON["EXPECTED"] >"/dev/stderr"
  exit 1
}'`;

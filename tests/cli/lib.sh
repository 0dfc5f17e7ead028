# shellcheck shell=bash
# Helpers for the tests of the real program. A test sources this file first:
#
#   # shellcheck source=tests/cli/lib.sh
#   . "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
#
#   expect_exit 2 wrcor score --proxy wrcorr
#   expect_contains "$stderr" "did you mean 'wrcor'"
#
# The test then runs in an empty directory of its own, which is removed at the end; the first expectation that
# does not hold ends it with a message. In it are
#   wrcor ARGS...        the program under test ($WRCOR)
#   $source_dir          the root of the sources
#   $stdout, $stderr     what the last expect_exit printed (also in the files $stdout_file and $stderr_file)

set -euo pipefail

# Variables that start with WRCOR_ configure the program: a test begins without any from outside.
wrcor_program=${WRCOR:-}
source_dir=${WRCOR_SOURCE_DIR:-$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)}
shared_dir=${WRCOR_SHARED:-$source_dir/../shared}
unset "${!WRCOR@}"
export LC_ALL=C NO_COLOR=1
: "$shared_dir"

scratch_dir=$(mktemp -d)
trap 'rm -rf "$scratch_dir"' EXIT
mkdir "$scratch_dir/work"
stdout_file=$scratch_dir/stdout
stderr_file=$scratch_dir/stderr
stdout='' stderr=''
cd "$scratch_dir/work"

wrcor() {
  [ -n "$wrcor_program" ] || fail 'WRCOR must name the program under test'
  "$wrcor_program" "$@"
}

# fail MESSAGE: ends the test, naming the line of the test file that led here.
fail() {
  local i file=${BASH_SOURCE[-1]} line=0
  for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
    if [ "${BASH_SOURCE[i]}" = "$file" ]; then
      line=${BASH_LINENO[i - 1]}
      break
    fi
  done
  printf '%s:%s: %s\n' "$file" "$line" "$1" >&2
  exit 1
}

# skip REASON: ends the test; ctest counts it as skipped.
skip() {
  printf 'skipped: %s\n' "$1" >&2
  exit 77
}

# expect_exit CODE COMMAND...: runs the command without standard input, keeps its output.
expect_exit() {
  local expected=$1 status=0
  shift
  "$@" </dev/null >"$stdout_file" 2>"$stderr_file" || status=$?
  stdout=$(tr -d '\0' <"$stdout_file")
  stderr=$(tr -d '\0' <"$stderr_file")
  if [ "$status" -ne "$expected" ]; then
    fail "'$*' exited $status, expected $expected
--- standard output
$stdout
--- standard error
$stderr"
  fi
}

# expect_contains TEXT PART
expect_contains() {
  case $1 in
    *"$2"*) ;;
    *) fail "expected to find '$2' in
$1" ;;
  esac
}

# expect_lacks TEXT PART
expect_lacks() {
  case $1 in
    *"$2"*) fail "expected not to find '$2' in
$1" ;;
  esac
}

# expect_matches TEXT REGEX: an extended regular expression that some part of the text matches.
expect_matches() {
  [[ $1 =~ $2 ]] || fail "expected a match of /$2/ in
$1"
}

# expect_equal ACTUAL EXPECTED
expect_equal() {
  [ "$1" = "$2" ] || fail "expected
$2
--- but got
$1"
}

# expect_file PATH: it exists and is not empty.
expect_file() {
  [ -s "$1" ] || fail "expected a non-empty file '$1'; there are: $(find "$(dirname -- "$1")" -maxdepth 1 2>&1 | tr '\n' ' ')"
}

# expect_same_file FILE OTHER: byte for byte.
expect_same_file() {
  cmp -s -- "$1" "$2" || fail "'$1' and '$2' differ:
$(diff -- "$1" "$2" | head -n 20)"
}

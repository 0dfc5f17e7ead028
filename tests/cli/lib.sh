# shellcheck shell=bash
# Helpers for the tests of the real program. A test sources this file first:
#
#   # shellcheck source=tests/cli/lib.sh
#   . "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
#
#   expect_exit 2 wrcor score --proxy wrcorr
#   expect_contains "$stderr" "did you mean 'wrcor'"
#
# The test then runs in its own empty directory, which is removed at the end; the first failed expectation ends it with
# a message. Available are
#   wrcor ARGS...        the program under test ($WRCOR)
#   $source_dir          the root of the sources
#   $stdout, $stderr     what the last expect_exit printed (also in the files $stdout_file and $stderr_file)
# At the end of a test every config.json, result.json and *.jsonl in the directory, and all JSON that expect_exit saw on
# standard output, is checked against the program's JSON Schemas; `unchecked FILE...` excludes files that the test
# itself has written or damaged.
#   ${small[@]}          flags for networks that take a few milliseconds

set -euo pipefail

# Variables that start with WRCOR_ configure the program: a test starts without any from outside.
wrcor_program=${WRCOR:-WRCOR has to name the program under test}
source_dir=${WRCOR_SOURCE_DIR:-$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)}
shared_dir=${WRCOR_SHARED:-$source_dir/../shared}
fault_shim=${WRCOR_FAULT_SHIM:-$(dirname -- "$wrcor_program")/tests/libwrcor_fault_shim.so}
check_documents=${WRCOR_CHECK_DOCUMENTS:-$(dirname -- "$wrcor_program")/tests/check_documents}
unset "${!WRCOR@}"
export LC_ALL=C NO_COLOR=1
# No test connects to another machine: nothing is downloaded unless a test requests it, and never through a proxy.
export WRCOR_DATA_DOWNLOAD=false
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
: "$shared_dir" "$fault_shim"

scratch_dir=$(mktemp -d)
trap end_test EXIT
mkdir "$scratch_dir/work" "$scratch_dir/printed"
unchecked_files=()
stdout_file=$scratch_dir/stdout
stderr_file=$scratch_dir/stderr
stdout='' stderr=''
# shellcheck disable=SC2034  # for the tests
small=(--channels 4 --cells 1 --batch-size 8)
cd "$scratch_dir/work"

wrcor() { "$wrcor_program" "$@"; }

# python_with MODULE...: the first python3 that has the modules; nothing where none has.
python_with() {
  local candidate modules
  modules=$(IFS=,; echo "$*")
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c "import $modules" 2>/dev/null; then echo "$candidate" && return; fi
  done
}

# unchecked FILE...: these were not written by the program, or were changed since.
unchecked() {
  local file
  for file in "$@"; do unchecked_files+=("$(realpath -m -- "$file")"); done
}

# expect_documents: everything that the program wrote conforms to its schemas.
expect_documents() {
  local file known documents=()
  while IFS= read -r -d '' file; do
    for known in ${unchecked_files[@]+"${unchecked_files[@]}"}; do
      if [ "$file" = "$known" ]; then continue 2; fi
    done
    documents+=("$file")
  done < <(find "$(realpath -- "$scratch_dir")" -type f \
    \( -name config.json -o -name result.json -o -name '*.jsonl' -o -path '*/printed/*' \) -print0)
  [ ${#documents[@]} -eq 0 ] || "$check_documents" "${documents[@]}"
}

# end_test [STATUS]: the actions at the end, however the test ends.
end_test() {
  local status=${1:-$?}
  if [ "$status" -eq 0 ]; then expect_documents || status=1; fi
  rm -rf "$scratch_dir"
  exit "$status"
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
  case $status:$stdout in
    0:'{'* | 0:'['*) cp "$stdout_file" "$(mktemp "$scratch_dir/printed/XXXXXX")" ;;
  esac
  if [ "$status" -ne "$expected" ]; then
    fail "'$*' exited $status, expected $expected
--- standard output
$stdout
--- standard error
$stderr"
  fi
}

# refuse CODE REGEX COMMAND...: the command prints nothing but one line of error that matches, and no stack trace.
refuse() {
  local code=$1 regex=$2
  shift 2
  expect_exit "$code" "$@"
  expect_equal "$stdout" ''
  expect_equal "$(grep -cvE '^(info|warning): ' "$stderr_file")" 1
  expect_matches "$stderr" "(^|"$'\n'")error: [^"$'\n'"]*$regex"
  local trace
  for trace in 'Exception raised from' 'frame #' 'terminate called' 'Aborted' 'basic_string'; do
    expect_lacks "$stderr" "$trace"
  done
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

# expect_json TEXT: a whole JSON document, if the machine has a tool to check it.
expect_json() {
  if command -v python3 >/dev/null; then
    printf '%s' "$1" | python3 -c 'import json, sys
json.load(sys.stdin, parse_constant=lambda name: sys.exit(name + " is no JSON"))' || fail "not JSON:
$1"
  elif command -v jq >/dev/null; then
    printf '%s' "$1" | jq empty || fail "not JSON:
$1"
  fi
  expect_matches "$1" '^[[{].*[]}]$'
}

# without_timing RUN: the run's result without its last key, which differs from run to run.
without_timing() {
  expect_equal "$(grep -c '^  "timing": {$' "$1/result.json")" 1
  sed '/^  "timing": {$/,$d' "$1/result.json"
}

# expect_same_result RUN OTHER: byte for byte, as are the other files of the ranking.
expect_same_result() {
  without_timing "$1" >"$scratch_dir/first"
  without_timing "$2" >"$scratch_dir/second"
  expect_same_file "$scratch_dir/first" "$scratch_dir/second"
  local file
  for file in best.txt ranking.csv; do # which a training has not
    if [ -e "$1/$file" ] || [ -e "$2/$file" ]; then expect_same_file "$1/$file" "$2/$file"; fi
  done
}

# wait_for_lines FILE COUNT PID: waits until the file that the process writes has this many lines.
wait_for_lines() {
  local tries=0
  until [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; do
    kill -0 "$3" 2>/dev/null || fail "the program ended before '$1' had $2 lines"
    tries=$((tries + 1))
    [ "$tries" -lt 3000 ] || fail "'$1' did not get $2 lines in a minute"
    sleep 0.02
  done
}

# expect_end CODE PID: the process, a child of this shell, ends with the code.
expect_end() {
  local stopped=147 # 128 + SIGSTOP: a shell with job control first reports the stop of a stopped process
  local status=$stopped
  while [ "$status" -eq "$stopped" ]; do
    status=0
    wait "$2" 2>/dev/null || status=$?
  done
  [ "$status" -eq "$1" ] || fail "the process exited $status, expected $1"
}

#!/usr/bin/env bash
# scripts/test-on refuses invalid requests, in one line, and leaves nothing behind. A full run takes half an hour;
# continuous integration runs it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

test_on() { "$source_dir/scripts/test-on" "$@"; }
mkdir scratch
export TMPDIR=$PWD/scratch

# refuse_arguments MESSAGE ARGS...
refuse_arguments() {
  local message=$1
  shift
  expect_exit 2 test_on "$@"
  expect_equal "$stdout" ''
  expect_equal "$stderr" "test-on: $message"
}
refuse_arguments 'name a system: bookworm, trixie or sid'
refuse_arguments "expected bookworm, trixie or sid and options, got 'jessie'; see test-on --help" jessie
refuse_arguments "--torch: expected system or pip, got 'conda'" trixie --torch conda
refuse_arguments '--cache: a value is missing' trixie --cache
expect_exit 0 test_on --help
expect_contains "$stdout" 'scripts/test-on bookworm|trixie|sid'
expect_equal "$(ls scratch)" ''

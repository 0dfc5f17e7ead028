#!/usr/bin/env bash
# The program starts without libtorch, and the engine runs everything that needs it, as if they were one program.
# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

engine_program=$(dirname -- "$wrcor_program")/wrcor-engine
engine() { "$engine_program" "$@"; }

# No libtorch is loaded at the start; the engine shows that the check works.
if command -v ldd >/dev/null; then
  expect_lacks "$(ldd "$wrcor_program")" torch
  expect_lacks "$(ldd "$wrcor_program")" libc10
  expect_contains "$(ldd "$engine_program")" libtorch
fi

# expect_both CODE ARGS...: both executables print the same.
expect_both() {
  local code=$1 printed messages
  shift
  expect_exit "$code" wrcor "$@"
  printed=$stdout messages=$stderr
  expect_exit "$code" engine "$@"
  expect_equal "$printed" "$stdout"
  expect_equal "$messages" "$stderr"
}

expect_both 0 --help
expect_contains "$stdout" 'run a search and rank what it found'
expect_both 0 --version
expect_both 2
expect_both 2 serch
expect_contains "$stderr" "did you mean 'search'"
expect_both 2 --hlep
expect_both 2 list proxys
expect_both 2 describe $'\xff'
# Every command that the help names.
expect_exit 0 wrcor --help
commands=$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$stdout")
expect_contains "$commands" doctor
for command in $commands; do
  expect_both 0 "$command" --help
  expect_contains "$stdout" "wrcor $command"
  expect_both 0 --help "$command"
done
expect_both 0 list
expect_both 0 list --format json
expect_both 0 list datasets
expect_both 0 describe index:6111 --format json
expect_both 3 describe 0 --data folder --data-root nowhere
# The name of a command as an argument of another one.
expect_both 2 describe search
expect_both 2 list data

# Exit codes, streams and standard input are the engine's.
arch='|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|'
expect_exit 0 bash -c "printf '%s\n' '$arch' | '$wrcor_program' score --proxy params --arch-file - ${small[*]}"
expect_contains "$stdout" "$arch"
refuse 2 "did you mean 'wrcor'" wrcor score --proxy wrcorr --arch "$arch"
expect_exit 0 bash -c "exec -a renamed '$wrcor_program' config init"
expect_contains "$stdout" 'budget'

# The started process does the work: signals reach it.
expect_exit 0 bash -c "set -m; '$wrcor_program' score --unique ${small[*]} >scores.txt 2>messages.txt & started=\$!
  until [ -s scores.txt ]; do kill -0 \$started || exit 9; sleep 0.1; done
  readlink /proc/\$started/exe; kill -INT \$started; wait \$started; echo \$?"
expect_equal "$stdout" "$(realpath -- "$engine_program")
130"

# An installed program, by a link from elsewhere, and without its engine.
mkdir -p prefix/bin prefix/libexec/wrcor links
cp "$wrcor_program" prefix/bin/wrcor
ln -s ../prefix/bin/wrcor links/wrcor
expect_exit 0 links/wrcor list proxies
expect_exit 0 links/wrcor doctor --help
refuse 1 "cannot start '[^']*/prefix/libexec/wrcor/wrcor-engine': No such file" links/wrcor doctor
expect_contains "$stderr" 'install wrcor again'

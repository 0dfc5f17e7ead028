#!/usr/bin/env bash
# Test: installs a build and compiles a small project against it.
#   run.sh CMAKE BUILD_DIRECTORY CXX_COMPILER
set -euo pipefail

cmake=$1 build=$2 compiler=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/prefix" >"$work/install.log"
"$cmake" -S "$here" -B "$work/consumer" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Debug \
  -Dwrcor_ROOT="$work/prefix"
"$cmake" --build "$work/consumer"

expected='0.1.0 ba7816bf'
for program in uses_base uses_core; do
  printed=$("$work/consumer/$program")
  [ "$printed" = "$expected" ] || { echo "$program printed '$printed', expected '$expected'" >&2; exit 1; }
done

# The installed program starts, too, and finds its engine. (grep -q would leave before it has written all.)
"$work/prefix/bin/wrcor" --version
"$work/prefix/bin/wrcor" config init | grep '^search:' >/dev/null || { echo 'the installed engine does not run' >&2; exit 1; }

#!/usr/bin/env bash
# Test: installs a build, and builds and runs the examples against the installation.
#   install.sh CMAKE BUILD_DIRECTORY CXX_COMPILER
set -euo pipefail

cmake=$1 build=$2 compiler=$3
source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

"$cmake" --install "$build" --prefix "$work/prefix" >"$work/install.log"
"$cmake" -S "$source_dir/examples" -B "$work/examples" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Debug \
  -Dwrcor_ROOT="$work/prefix"
"$cmake" --build "$work/examples"

small='|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|'
large='|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|'
printed=$("$work/examples/count_parameters" "$large")
[ "$printed" = '858426 parameters, 121815680 multiply-accumulates' ] || fail "count_parameters printed '$printed'"
# The cell with more distinct responses to images comes first, whatever the order of the arguments.
printed=$("$work/examples/rank_cells" "$small" "$large")
[ "$(cut -d' ' -f1 <<<"$printed")" = "$large"$'\n'"$small" ] || fail "rank_cells printed '$printed'"
if printed=$("$work/examples/rank_cells" '|none~0|' 2>&1); then fail "rank_cells took '|none~0|'"; fi
case $printed in 'error: '*) ;; *) fail "rank_cells printed '$printed'" ;; esac

# The installed program starts, too, and finds its engine. (grep -q would exit before all output is written.)
"$work/prefix/bin/wrcor" --version
"$work/prefix/bin/wrcor" config init | grep '^search:' >/dev/null || fail 'the installed engine does not run'

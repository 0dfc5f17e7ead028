#!/usr/bin/env bash
# The program's output about architectures, about itself and about the machine.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# --- the whole space, in under five seconds
SECONDS=0
expect_exit 0 wrcor describe --all --format csv
((SECONDS < 5)) || fail "describe --all took $SECONDS s"
cp "$stdout_file" all.csv
expect_equal "$(head -n 1 all.csv)" 'arch,id,index,canonical,published_class,connected,params,flops'
expect_equal "$(wc -l <all.csv)" 15626
# unique COLUMN: number of different values.
unique() { tail -n +2 all.csv | cut -d, -f"$1" | sort -u | wc -l; }
expect_equal "$(unique 1) $(unique 2) $(unique 3) $(unique 4) $(unique 5)" '15625 15625 15625 5260 6466'
expect_equal "$(tail -n +2 all.csv | cut -d, -f2)" "$(seq 0 15624)"
expect_equal "$(grep -vcE '^\|.*\|,[0-9]+,[0-9]+,\|.*\|,[0-9]+,[01],[0-9]+,[0-9]+$' all.csv)" 1

# --- one architecture by its string, its id and its official index
row=$(grep -E '^[^,]*,[0-9]+,6111,' all.csv)
IFS=, read -r arch id _ canonical published connected params flops <<<"$row"
expect_equal "$connected" 1
expect_exit 0 wrcor describe index:6111 --format csv
expect_equal "$(tail -n 1 <<<"$stdout")" "$row"
expect_exit 0 wrcor describe "$id" --format csv
expect_equal "$(tail -n 1 <<<"$stdout")" "$row"
expect_exit 0 wrcor describe "$arch" --format csv
expect_equal "$(tail -n 1 <<<"$stdout")" "$row"
expect_exit 0 wrcor describe "$arch" --format json
expect_json "$stdout"
for pair in "\"arch\": \"$arch\"" "\"id\": $id" '"index": 6111' "\"params\": $params" "\"flops\": $flops" \
  '"connected": true' "\"canonical\": \"$canonical\"" "\"published_class\": $published" \
  "\"class_size\": $(grep -cF ",$canonical," all.csv)"; do
  expect_contains "$stdout" "$pair,"
done
expect_exit 0 wrcor describe "  $arch  "
expect_matches "$stdout" "architecture +\|"
expect_contains "$stdout" " $arch"
expect_matches "$stdout" "parameters +$params"
# One of a run's ranking.
run=$source_dir/tests/fixtures/version_1/run
expect_exit 0 wrcor describe "$run" --format csv
expect_equal "$(tail -n 1 <<<"$stdout" | cut -d, -f1)" "$(sed -nE 's/^ *"arch": "(.*)",/\1/p' "$run/result.json" | head -n 1)"
expect_exit 0 wrcor describe "$run#3" --format csv
expect_equal "$(tail -n 1 <<<"$stdout" | cut -d, -f1)" "$(sed -nE 's/^ *"arch": "(.*)",/\1/p' "$run/result.json" | sed -n 3p)"
refuse 2 "rank in '$run': expected an integer from 1 to" wrcor describe "$run#0"
mkdir unfinished
refuse 2 "'unfinished' holds no result.json" wrcor describe unfinished
# The size of the network and of the data count.
expect_exit 0 wrcor describe index:6111 --format csv --data cifar100
expect_equal "$(tail -n 1 <<<"$stdout" | cut -d, -f7)" $((params + 90 * 65))
expect_exit 0 wrcor describe index:6111 --format csv --classes 100
expect_equal "$(tail -n 1 <<<"$stdout" | cut -d, -f7)" $((params + 90 * 65))
expect_exit 0 wrcor describe index:6111 --format csv --channels 4 --cells 1 --image-size 16
expect_matches "$(tail -n 1 <<<"$stdout" | cut -d, -f7,8)" '^[0-9]{4,5},[0-9]{6}$'

# --- the choices, and the machine
expect_exit 0 wrcor list --format json
expect_json "$stdout"
expect_equal "$(sed -nE 's/^  "([a-z]+)": .*/\1/p' <<<"$stdout" | tr '\n' ' ')" \
  'proxies votes methods spaces strategies datasets devices '
for name in wrcor rcor acor gcor nb201 random evolution exhaustive cifar10 cifar100 synthetic cpu; do
  expect_contains "$stdout" "\"name\": \"$name\""
done
expect_exit 0 wrcor list strategies
expect_equal "$(awk '{ print $1 }' <<<"$stdout" | sort | tr '\n' ' ')" 'evolution exhaustive local nsga2 random reinforce '
expect_exit 0 wrcor doctor
for word in libtorch CUDA cores BLAS 'matrix product' 'cache folder' 'data cifar10 ' 'data synthetic'; do
  expect_matches "$stdout" "(^|"$'\n'")$word"
done
expect_exit 0 wrcor doctor --golden "$source_dir/tests/golden/nb201_small"
for proxy in wrcor synflow jacob_cor naswot snip; do
  expect_matches "$stdout" "(^|"$'\n'")$proxy +14 +[0-9.]+e[-+][0-9]+ +1e-0[45]"
done
# It detects exchanged weights of two networks.
cp -r "$source_dir/tests/golden/nb201_small" golden
sed -i '/"name": "arch1462"/,/"wrcor"/ s/"wrcor": [0-9]/"wrcor": 7/' golden/golden.json
expect_exit 1 wrcor doctor --golden golden
expect_contains "$stderr" 'do not trust this build'

# --- the program checks itself, alone
expect_exit 0 wrcor doctor --self-test
expect_matches "$stdout" '^self-test: 294 of 294 golden scores agree \(largest error [0-9.e-]+ of limit 1e-0[45], [a-z0-9_]+\); this build can be trusted on (cpu|cuda:0)$'
refuse 2 'cannot be combined with --golden' wrcor doctor --self-test --golden golden
# It detects one changed digit of one golden score in the program.
score=$(sed -nE '/"name": "arch1462"/,/"wrcor"/ s/.*"wrcor": ([0-9.]+),?.*/\1/p' "$source_dir/tests/golden/nb201_small/golden.json")
mkdir tampered
cp "$wrcor_program" tampered/wrcor
LC_ALL=C sed "s/\"wrcor\": $score/\"wrcor\": 9${score#?}/" "$(dirname -- "$wrcor_program")/wrcor-engine" >tampered/wrcor-engine
chmod +x tampered/wrcor-engine
refuse 1 'self-test: 293 of 294 golden scores agree: wrcor is off by up to .*, its limit is 1e-05; this build cannot be trusted' \
  tampered/wrcor doctor --self-test

# --- help and version
expect_exit 0 wrcor --version
expect_matches "$stdout" '^wrcor [0-9]+\.[0-9]+\.[0-9]+$'
expect_equal "$stderr" ''
expect_exit 0 wrcor --help
commands=$(sed -nE '/^Subcommands:/,/^$/ s/^  ([a-z]+) .*/\1/p' <<<"$stdout")
expect_contains "$commands" 'search'
expect_contains "$stdout" '130/143'
for command in $commands; do
  expect_exit 0 wrcor "$command" --help
  expect_contains "$stdout" $'Example:\n  wrcor '"$command"
  expect_lacks "$stdout" 'Excludes'
  # The help of every option with a default shows it.
  expect_equal "$(grep -c 'default)' "$stdout_file" || true)" 0
  expect_equal "$(awk 'length > 200' "$stdout_file")" ''
done

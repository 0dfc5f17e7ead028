#!/usr/bin/env bash
# Scores of named architectures: sources, form of a record, continued files.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

good='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'
pointless='|nor_conv_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|none~1|none~2|'
empty='|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'
number='-?[0-9]+(\.[0-9]+)?'

# archs: the architectures of JSON lines.
archs() { sed -nE 's/^\{"arch":"([^"]*)".*/\1/p'; }

# --- the records, in the order of the architectures
expect_exit 0 wrcor score "${small[@]}" --arch "$good" --arch "$pointless" --arch "$empty"
mapfile -t lines <"$stdout_file"
expect_equal "${#lines[@]}" 3
[[ ${lines[0]} =~ ^\{\"arch\":\"(.*)\",\"status\":\"ok\",\"scores\":\{\"wrcor\":[0-9.]+\},\"params\":14134,\"flops\":1896608\}$ ]] ||
  fail "unexpected record ${lines[0]}"
expect_equal "${BASH_REMATCH[1]}" "$good"
[[ ${lines[1]} =~ ^\{\"arch\":\"(.*)\",\"status\":\"degenerate\",\"reason\":\"disconnected\",\"scores\":\{\"wrcor\":null\},\"raw\":\{\"wrcor\":($number)\},\"params\":[0-9]+,\"flops\":[0-9]+\}$ ]] ||
  fail "unexpected record ${lines[1]}"
expect_equal "${BASH_REMATCH[1]}" "$pointless"
expect_equal "${lines[2]}" '{"arch":"'"$empty"'","status":"degenerate","reason":"disconnected","scores":{"wrcor":null},"raw":{"wrcor":"-inf"},"params":4894,"flops":569504}'
records=$stdout
for line in "${lines[@]}"; do expect_json "$line"; done
expect_equal "$(grep -cvE '^(info|warning): ' "$stderr_file" || true)" 0

# --- the other forms
expect_exit 0 wrcor score "${small[@]}" --proxy wrcor,gcor --arch "$good" --arch "$empty" --format csv
mapfile -t lines <"$stdout_file"
expect_equal "${lines[0]}" 'arch,status,reason,wrcor,gcor,params,flops'
expect_matches "${lines[1]}" '^\|.*\|,ok,,[0-9.]+,[0-9.]+,14134,1896608$'
expect_equal "${lines[2]}" "$empty,degenerate,disconnected,,,4894,569504"
expect_contains "$records" "\"wrcor\":$(cut -d, -f4 <<<"${lines[1]}")}"
expect_exit 0 wrcor score "${small[@]}" --arch "$good" --format table
mapfile -t lines <"$stdout_file"
expect_equal "${#lines[@]}" 2
expect_matches "${lines[0]}" '^arch +status +reason +wrcor +params +flops$'

# --- lists: comments, blank lines and the line ends of other systems
printf '# a comment\r\n\r\n%s\r\n   \n# another\n%s\n%s' "$good" "$pointless" "$empty" >list
expect_exit 0 wrcor score "${small[@]}" --arch-file list
expect_equal "$stdout" "$records"
from_input() { wrcor "$@" <list; }
expect_exit 0 from_input score "${small[@]}" --arch-file - --workers 4
expect_equal "$stdout" "$records"
printf '\n%s\n|none~0|+|nome~0|none~1|+|none~0|none~1|none~2|\n' "$good" >bad
expect_exit 2 wrcor score "${small[@]}" --arch-file bad
expect_contains "$stderr" 'bad:3: '
expect_contains "$stderr" "unknown operation 'nome'"
expect_exit 2 wrcor score "${small[@]}" --arch-file /dev/null
expect_contains "$stderr" 'names no architecture'

# --- the whole space: 15,625 = 500 * 31 + 125 cells, 5,260 = 300 * 17 + 160 strict classes
while read -r which shard count; do
  expect_exit 0 wrcor score "${small[@]}" "$which" --shard "$shard" --quiet
  expect_equal "$which $shard $(wc -l <"$stdout_file")" "$which $shard $count"
  cp "$stdout_file" "${which#--}_${shard%/*}"
done <<'SHARDS'
--all 125/500 32
--all 126/500 31
--unique 160/300 18
--unique 161/300 17
SHARDS
expect_equal "$(cat all_* | archs | sort -u | wc -l)" 63
expect_equal "$(cat unique_* | archs | sort -u | wc -l)" 35
# A representative stands for itself.
representative=$(archs <unique_160 | tail -n 1)
expect_exit 0 wrcor describe "$representative" --format csv
expect_contains "$stdout" "$representative,"
expect_contains "$stdout" ",$representative,"

# --- shards of a list: disjoint, and complete
archs <all_125 >list
for shard in 1 2 3; do
  expect_exit 0 wrcor score "${small[@]}" --arch-file list --shard "$shard/3" --quiet
  cat "$stdout_file" >>parts
done
expect_equal "$(archs <parts | sort)" "$(sort list)"
expect_equal "$(sort parts)" "$(sort all_125)"

# --- published scores, from published weights and images
golden=$source_dir/tests/golden/nb201_small
# golden_value CASE KEY: of golden.json, which has one per line.
golden_value() {
  sed -nE "/\"name\": \"$1\"/,/\"name\": \"arch/ s/^ *\"$2\": \"?([^\",]+)\"?,?$/\1/p" "$golden/golden.json" | head -n 1
}
for case in arch1462 arch15142; do
  expect_exit 0 wrcor score --channels 4 --cells 1 --proxy wrcor,rcor,acor,gcor --arch "$(golden_value $case arch)" \
    --weights "$golden/$case.pt" --batch "$golden/batch.pt" --format csv
  values=$(tail -n 1 "$stdout_file")
  column=4
  for proxy in wrcor rcor acor gcor; do
    awk -v got="$(cut -d, -f$column <<<"$values")" -v want="$(golden_value $case $proxy)" 'BEGIN {
      error = got - want; if (error < 0) error = -error
      if (want > 1 && error <= 1e-5 * want) exit 0
      print "got", got, "expected", want > "/dev/stderr"; exit 1
    }' || fail "$proxy of $case"
    column=$((column + 1))
  done
  expect_contains "$values" ",$(golden_value $case params),"
done
expect_exit 0 wrcor score --channels 4 --cells 1 --arch "$(golden_value arch1651 arch)" --weights "$golden/arch1651.pt" \
  --batch "$golden/batch.pt"
expect_contains "$stdout" '"scores":{"wrcor":null},"raw":{"wrcor":"-inf"}'
# The weights matter.
expect_exit 0 wrcor score --channels 4 --cells 1 --arch "$(golden_value arch1462 arch)" --batch "$golden/batch.pt" --format csv
expect_lacks "$stdout" ",$(golden_value arch1462 wrcor | cut -c1-7)"

# --- a file is continued after a kill and a torn line, and ends as if nothing had happened
# One worker and several seeds, so that the kill comes before the end.
all=(score "${small[@]}" --all --shard 1/150 --repeats 6 --quiet)
expect_exit 0 wrcor "${all[@]}" --out whole.jsonl
expect_equal "$stdout$stderr" ''
expect_equal "$(wc -l <whole.jsonl)" 105
"$wrcor_program" "${all[@]}" --workers 1 --out part.jsonl </dev/null &
pid=$!
wait_for_lines part.jsonl 10 "$pid"
kill -KILL "$pid"
expect_end 137 "$pid"
[ "$(wc -l <part.jsonl)" -lt 105 ] || fail 'all was done before the kill'
printf '{"arch":"|none~0|+|skip_con' >>part.jsonl
expect_exit 0 wrcor "${all[@]/--quiet/--verbose}" --out part.jsonl
expect_contains "$stderr" 'the last line is incomplete and is dropped'
expect_matches "$stderr" 'holds [0-9]+ of 105 architectures already'
expect_same_file part.jsonl whole.jsonl
expect_exit 0 wrcor "${all[@]}" --out part.jsonl
expect_same_file part.jsonl whole.jsonl
# SIGINT: all written lines are whole.
set -m # a background job of a script ignores SIGINT otherwise
"$wrcor_program" "${all[@]}" --workers 1 --out stopped.jsonl </dev/null 2>messages &
pid=$!
set +m
wait_for_lines stopped.jsonl 10 "$pid"
kill -INT "$pid"
expect_end 130 "$pid"
expect_matches "$(<messages)" "^error: interrupted after [0-9]+ of 105 architectures; the same command continues 'stopped.jsonl'$"
expect_exit 0 wrcor "${all[@]}" --out stopped.jsonl
expect_same_file stopped.jsonl whole.jsonl

# --- a file holds scores of one kind, and each architecture once
expect_exit 0 wrcor score "${small[@]}" --arch "$good" --arch "$good" --out one.csv --format csv
expect_exit 0 wrcor score "${small[@]}" --arch "$empty" --arch "$good" --out one.csv --format csv --workers 4
expect_equal "$(cut -d, -f1 one.csv)" "arch
$good
$empty"
before=$(<one.csv)
refused() {
  expect_exit 2 wrcor score --channels 4 --cells 1 --arch "$pointless" --out one.csv "$@"
  expect_contains "$stderr" 'one.csv:'
  expect_contains "$stderr" 'choose another --out'
  expect_equal "$(<one.csv)" "$before"
}
refused --batch-size 8 --format csv --seed 1
refused --batch-size 9 --format csv
refused --batch-size 8 --format csv --proxy rcor
refused --batch-size 8 --format jsonl
# The same proxies for every architecture.
expect_exit 0 wrcor score "${small[@]}" --arch "$good" --out one.jsonl
before=$(<one.jsonl)
for proxies in wrcor,gcor gcor; do
  refuse 2 'one.jsonl:1: the file has scores of wrcor, asked for [a-z, ]*; choose another --out, or the --proxy of the file' \
    wrcor score "${small[@]}" --proxy $proxies --arch "$good" --out one.jsonl
  expect_equal "$(<one.jsonl)" "$before"
done
# Devices and pipes are written to.
expect_exit 0 wrcor score "${small[@]}" --arch "$good" --arch "$empty" --out /dev/stdout
expect_equal "$(archs <"$stdout_file")" "$good
$empty"

# --- the plan: shared passes, the proxies that use them, the seconds of each
expect_exit 0 wrcor score "${small[@]}" --proxy all --plan
expect_matches "$stdout" '(^|'$'\n'') +[0-9.]+  forward pass of the minibatch +wrcor, '
expect_matches "$stdout" 'backward pass of the loss with weight gradients +wrcor, .*snip'
expect_matches "$stdout" ' forward and backward pass of one image of ones in float64 +synflow'
expect_matches "$stdout" ' +[0-9.]+  synflow_bn +forward and backward pass of one image of ones'
expect_matches "$stdout" '[0-9.]+ s per network, mean of 5$'
expect_exit 0 wrcor score "${small[@]}" --proxy wrcor,params --plan --arch "$good" --format jsonl
expect_json "$stdout"
expect_lacks "$stdout" 'weight gradients'
expect_exit 2 wrcor score "${small[@]}" --plan --out plan.txt
expect_exit 2 wrcor score "${small[@]}" --plan --shard 1/2
# For a setting that is unset in a file, the command's default applies.
expect_exit 0 wrcor config init
printf '%s\n' "$stdout" >defaults.yaml
expect_exit 0 wrcor score "${small[@]}" --config defaults.yaml --arch "$good"
expect_contains "$stdout" '"scores":{"wrcor":'
expect_lacks "$stdout" 'jacob_cor'
# A minibatch that does not fit a definition is refused; an undefined score affects no other.
two=(score --channels 1 --cells 1 --batch-size 2 --arch "$good")
refuse 2 'proxy zico needs at least 4 images, the minibatch has 2 images' wrcor "${two[@]}" --proxy wrcor,zico
expect_exit 0 wrcor "${two[@]}" --proxy dyn_isometry,wrcor
expect_contains "$stdout" '"dyn_isometry":"singular"'
expect_matches "$stdout" '"wrcor":[0-9]'
# The logarithm exists at any depth, and a value that is not finite has a reason.
deep=(score --channels 4 --batch-size 4 --quiet)
convolutions='|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|'
skips='|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|'
expect_exit 0 wrcor "${deep[@]}" --cells 50 --proxy synflow --arch "$convolutions"
expect_matches "$stdout" '"scores":\{"synflow":null\},"notes":\{"synflow":"overflow"\},"log10":\{"synflow":310\.'
expect_exit 0 wrcor "${deep[@]}" --cells 50 --proxy synflow --format csv --arch "$convolutions"
expect_matches "$stdout" ',ok,,[0-9]\.[0-9]*e310,'
expect_exit 0 wrcor "${deep[@]}" --cells 30 --proxy wrcor,params --arch "$skips"
expect_contains "$stdout" '"reasons":{"wrcor":"nonfinite_output"}'
# A minibatch with two equal images.
if [ -d "$shared_dir/cases" ]; then
  expect_exit 0 wrcor score --channels 4 --cells 1 --batch "$shared_dir/cases/twins_0_8.pt" --proxy wrcor,gcor,acor,naswot --arch "$good"
  expect_contains "$stdout" '"status":"degenerate","reason":"singular"'
  expect_contains "$stderr" 'the minibatch holds an image twice (images 0 and 8)'
fi

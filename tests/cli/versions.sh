#!/usr/bin/env bash
# Files over time: schemas, files of older and newer versions, and runs that are repeated from their files.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

first_version=$source_dir/tests/fixtures/version_1
cell='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'
other='|nor_conv_1x1~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|skip_connect~2|'

# --- schemas
for kind in config journal result ranking score plan evaluation description list; do
  expect_exit 0 wrcor config schema --of $kind
  expect_json "$stdout"
  expect_contains "$stdout" 'schema": "http://json-schema.org/draft-07/schema#",'
  expect_matches "$stdout" 'id": "urn:wrcor:schema:'$kind':[0-9]+",'
done
expect_exit 0 wrcor config schema
expect_contains "$stdout" 'id": "urn:wrcor:schema:config:'
refuse 2 "--of: expected one of config, journal, .*, got 'scores'" wrcor config schema --of scores

# --- a run of version 1 has other scores and is not mixed with newer ones; its configuration finds the same
# architectures
unchecked {run,vote}/{journal.jsonl,result.json,config.json}
for run in run vote; do
  cp -r "$first_version/$run" "$run"
  refuse 2 "'$run' was started with scoring revision 1, this program has 3: .*with --config" wrcor search --resume --out $run
  diff -r "$first_version/$run" $run || fail 'a refused run was changed'
  archs() { grep -E '"(arch|status)":' <<<"$1"; }
  input=()
  if [ $run = vote ]; then # the default of that version
    input=(--proxy-input images --rank-by 'logrank(wrcor,jacob_cor,meco,az_trainability,az_progressivity,synflow)')
  fi
  expect_exit 0 wrcor search --config "$first_version/$run/config.json" "${input[@]}" --out "$run again" --format json --top 100
  expect_equal "$(archs "$stdout")" "$(archs "$(sed -n '/"ranking": \[/,/^  \]/p' "$first_version/$run/result.json" | sed 's/^  //')")"
done

# --- a score file of version 1 is evaluated, not continued
cp "$first_version/scores.jsonl" old.jsonl
unchecked old.jsonl
refuse 2 'old.jsonl:1: this score was made with other settings \(3be8bb78daf3, now [0-9a-f]{12}\)' \
  wrcor score "${small[@]}" --proxy wrcor,synflow --arch "$other" --out old.jsonl
cmp old.jsonl "$first_version/scores.jsonl" || fail 'a refused score file was changed'
expect_exit 0 wrcor describe --all
awk -F, 'NR == 1 { print "arch,acc"; next } { print $1 "," $7 / 1e5 }' "$stdout_file" >table.csv
evaluate() { wrcor evaluate --benchmark table.csv --metric acc --bootstrap 0 --format csv "$@"; }
expect_exit 0 evaluate --scores old.jsonl "$first_version/run"
expect_matches "$stdout" '(^|'$'\n'')synflow,proxy,acc,1[0-9],'
expect_contains "$stderr" "come from 2 files, of which $first_version/run/result.json does not say with which settings"

# --- files of a newer program are refused with a clear line
expect_exit 0 wrcor score "${small[@]}" --arch "$cell" --arch "$other" --out scores.jsonl
expect_exit 0 wrcor search "${small[@]}" --budget 4 --proxy acor --out small_run
cp -r small_run newer_run
sed 's/"schema_version":4/"schema_version":5/' scores.jsonl >newer.jsonl
sed -i 's/"schema_version": 4/"schema_version": 5/' newer_run/result.json
sed -i 's/"schema_version": 1/"schema_version": 2/' newer_run/config.json
unchecked newer.jsonl newer_run/result.json newer_run/config.json
newer="schema_version: expected 1 to 4, got '5'; .*update wrcor"
refuse 3 "newer.jsonl:1: $newer" evaluate --scores newer.jsonl
before=$(<newer.jsonl)
refuse 3 "newer.jsonl:1: $newer" wrcor score "${small[@]}" --arch "$cell" --out newer.jsonl
expect_equal "$(<newer.jsonl)" "$before"
refuse 3 "newer_run/result.json: schema_version: expected 1 to 4, got '5'; .*update wrcor" evaluate --scores newer_run
refuse 2 'newer_run/config.json:2: schema_version: expected 1, got 2; .*newer wrcor' wrcor search --config newer_run/config.json

# --- a result of version 3, which counted not_applicable as degenerate
cp -r small_run third_run
sed -i 's/"schema_version": 4/"schema_version": 3/; /"not_applicable": 0,/d' third_run/result.json
unchecked third_run/result.json
expect_exit 0 wrcor describe third_run
expect_exit 0 wrcor report third_run
expect_exit 0 evaluate --scores third_run

# --- joined scores: equal settings are recognised, whatever else was computed
expect_exit 0 wrcor score "${small[@]}" --proxy acor,wrcor --arch "$cell" --out beside.jsonl
expect_exit 0 wrcor search "${small[@]}" --budget 4 --proxy wrcor,gcor --workers 2 --out found
expect_exit 0 evaluate --scores scores.jsonl beside.jsonl found
expect_lacks "$stderr" 'different settings'
expect_lacks "$stderr" 'not say'
expect_contains "$(<found/result.json)" "\"settings\": \"$(sed -nE '1s/.*"settings":"([^"]*)".*/\1/p' scores.jsonl)\""
expect_exit 0 wrcor score "${small[@]}" --seed 1 --arch "$(sed -nE '2s/.*"arch": *"([^"]*)".*/\1/p' found/journal.jsonl)" --out seed.jsonl
expect_exit 0 evaluate --scores scores.jsonl seed.jsonl
expect_contains "$stderr" "the scores 'wrcor' were made with 2 different settings ("
expect_exit 0 wrcor score "${small[@]}" --arch '|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|'
cp "$stdout_file" printed.jsonl
expect_exit 0 evaluate --scores scores.jsonl printed.jsonl
expect_contains "$stderr" 'of which printed.jsonl does not say with which settings'

# --- a run is repeated from its folder, with every kind of data
mkdir -p photos/cifar-10-batches-bin
for label in {0..9}; do
  printf '%b' "\\x$label" && head -c 3072 /dev/urandom
done >photos/cifar-10-batches-bin/data_batch_1.bin
repeat() {
  local name=$1
  shift
  expect_exit 0 wrcor search --channels 4 --cells 1 --budget 12 --seed 6 --out "$name" "$@"
  expect_exit 0 wrcor search --config "$name/config.json" --workers 2 --out "$name again"
  expect_same_result "$name again" "$name"
  for key in scoring_revision libtorch device seeds settings proxies rank_by; do
    expect_contains "$(<"$name/result.json")" "\"$key\": "
  done
}
repeat synthetic --batch-size 8
repeat folder --batch-size 8 --data cifar10 --data-root photos
repeat file --batch "$source_dir/tests/golden/nb201_small/batch.pt" --proxy zico,wrcor --rank-by 'az(wrcor,-zico)'
expect_contains "$(<file/result.json)" '"rank_by": "logrank(+wrcor,-zico)",'
expect_contains "$(<synthetic/result.json)" '"rank_by": "logrank(+wrcor,+jacob_cor,+az_expressivity,'

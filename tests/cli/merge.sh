#!/usr/bin/env bash
# Shards of a search, and wrcor merge: the joined result has the bytes of one run; what does not belong together or is
# missing is refused by name.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

work=(--proxy 'wrcor,snip' "${small[@]}" --seed 3 --quiet)
search() { wrcor search --strategy random --budget 12 "${work[@]}" "$@"; }

# --- three shards, in any order
expect_exit 0 search --out whole
for part in 1 2 3; do expect_exit 0 search --shard "$part/3" --out "part$part"; done
expect_exit 0 wrcor merge part2 part3 part1 --out merged
expect_contains "$stderr" '12 proposals, 12 architectures'
expect_same_result whole merged
expect_equal "$(grep -c '"rank":' part1/result.json)" 4
expect_exit 0 wrcor search --resume --out merged --quiet
expect_same_result whole merged
expect_exit 0 wrcor report merged --out merged.html
expect_exit 0 wrcor search --resume --out part1 --quiet
expect_exit 0 wrcor merge part1 part2 part3 --out again --quiet
expect_same_result whole again

# --- a full disk leaves nothing, so the same command can be repeated
limited() { (trap '' XFSZ; ulimit -f 2; wrcor "$@"); }
refuse 1 "cannot write 'full/journal.jsonl'" limited merge part1 part2 part3 --out full
[ ! -e full ] || fail 'a failed merge left a folder'
expect_exit 0 wrcor merge part1 part2 part3 --out full --quiet
expect_same_result whole full

# --- classes that are proposed more than once, objectives, a space of one's own
# two_shards NAME FLAGS...: two shards, merged, are the whole.
two_shards() {
  local name=$1 part
  shift
  expect_exit 0 wrcor search "$@" --out "$name"
  for part in 1 2; do expect_exit 0 wrcor search "$@" --shard "$part/2" --out "$name$part"; done
  expect_exit 0 wrcor merge "$name"[12] --out "$name-merged" --quiet
  expect_same_result "$name" "$name-merged"
}
two_shards objectives --strategy exhaustive --space "$source_dir/configs/spaces/small-cells.yaml" --minimize params \
  --budget 20 --proxy 'wrcor,snip' --batch-size 8 --quiet
two_shards replacement --strategy random --replacement --budget 30 --max-params 12000 "${work[@]}"

# --- runs that were interrupted
mkdir begun
cp whole/config.json begun
head -n 5 whole/journal.jsonl >begun/journal.jsonl
expect_exit 0 wrcor merge begun whole --out from_begun --quiet
expect_same_result whole from_begun
refuse 3 "'begun' lacks 8 architectures; finish it with wrcor search --resume --out begun" wrcor merge begun --out none
[ ! -e none ] || fail 'a refused merge left a folder'

# --- shards that are missing or not finished, each named
expect_exit 3 wrcor merge part1 --out none
expect_contains "$stderr" "shard 2/3 of the search of 'part1' is missing; run it with --shard 2/3"
expect_contains "$stderr" "shard 3/3 of the search of 'part1' is missing"
mkdir cut
cp part2/config.json cut
head -n 3 part2/journal.jsonl >cut/journal.jsonl
refuse 3 "'cut' lacks 2 architectures" wrcor merge part1 cut part3 --out none
mkdir empty
refuse 2 "'empty' holds no run" wrcor merge part1 empty --out none

# --- parts of other searches, each named with what differs
other=(search --strategy random --proxy 'wrcor,snip' "${small[@]}" --quiet)
expect_exit 0 wrcor "${other[@]}" --budget 12 --seed 4 --shard 2/3 --out other_seed
expect_exit 0 wrcor "${other[@]}" --budget 11 --seed 3 --shard 3/3 --out other_budget
expect_exit 2 wrcor merge part1 other_seed other_budget --out none
expect_contains "$stderr" "'other_seed' is not of the search of 'part1' (run.seed (--seed): 3, here 4"
expect_contains "$stderr" "'other_budget' is not of the search of 'part1' (search.budget (--budget): 12, here 11"
refuse 2 "'merged/config.json' exists" wrcor merge part1 part2 part3 --out merged

# --- what a shard cannot be
refuse 2 'search.shard: expected a strategy that does not learn' \
  wrcor search --budget 12 "${work[@]}" --shard 1/2 --out none
refuse 2 "--shard: expected I/N .*, got '4/3'" search --shard 4/3 --out none
refuse 2 'search.shard \(--shard\): the run has .*1/3.*, asked for .*2/3' wrcor search --resume --out part1 --shard 2/3 --quiet
refuse 2 'shard 13/13 has none of the 12 architectures' search --shard 13/13 --out too_many

# --- the second stage of a search comes after the merge
refined=(--refine 3 --repeats 2)
expect_exit 0 search "${refined[@]}" --out refined
for part in 1 2; do expect_exit 0 search "${refined[@]}" --shard "$part/2" --out "refined$part"; done
expect_exit 0 wrcor merge refined1 refined2 --out refined_merged
expect_contains "$stderr" 'the search is not finished: wrcor search --resume --out refined_merged'
[ ! -e refined_merged/result.json ] || fail 'a search without its second stage has a result'
expect_exit 0 wrcor search --resume --out refined_merged --quiet
expect_same_result refined refined_merged

# --- files of scores
list=(score --all --shard 1/1000 --proxy 'wrcor,snip' "${small[@]}" --quiet)
for format in jsonl csv; do
  expect_exit 0 wrcor "${list[@]}" --format "$format" --out "all.$format"
done
sed 's/.*"arch":"\([^"]*\)".*/\1/' all.jsonl >archs
for format in jsonl csv; do
  for part in 1 2 3; do
    expect_exit 0 wrcor score --arch-file archs --shard "$part/3" --proxy 'wrcor,snip' "${small[@]}" --quiet \
      --format "$format" --out "part$part.$format"
  done
  expect_exit 0 wrcor merge part[123]."$format" --out "merged.$format"
  expect_same_file "merged.$format" "all.$format"
done
expect_exit 0 wrcor merge part1.jsonl part1.jsonl --out twice.jsonl
expect_contains "$stderr" '6 lines were there twice'
expect_same_file twice.jsonl part1.jsonl
head -n 1 part1.jsonl >one.jsonl
expect_exit 0 wrcor merge one.jsonl --out one.merged.jsonl
expect_contains "$stderr" "1 architecture in 'one.merged.jsonl'"
expect_exit 0 wrcor score --arch-file archs --shard 2/3 --proxy wrcor "${small[@]}" --quiet --out other_proxies.jsonl
refuse 2 'other_proxies.jsonl:1: scores of wrcor, where the first file has those of wrcor, snip' \
  wrcor merge part1.jsonl other_proxies.jsonl --out none
expect_exit 0 wrcor score --arch-file archs --shard 2/3 --proxy 'wrcor,snip' --seed 9 "${small[@]}" --quiet --out other_seed.jsonl
refuse 2 'other_seed.jsonl:1: this score was made with other settings' wrcor merge part1.jsonl other_seed.jsonl --out none
unchecked changed.jsonl
sed 's/"flops":[0-9]*/"flops":1/' part1.jsonl >changed.jsonl
refuse 3 'changed.jsonl:1: found a score that is not as it was written' wrcor merge changed.jsonl --out none
refuse 3 'archs:1: expected scores' wrcor merge archs --out none
refuse 2 "'all.csv' exists" wrcor merge part1.csv --out all.csv
refuse 2 'expected folders of searches or files of scores, got both' wrcor merge part1 part1.jsonl --out none
refuse 3 'nowhere' wrcor merge nowhere --out none

#!/usr/bin/env bash
# Two records of scores: equal, different within and beyond the tolerance, not comparable.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

search() { wrcor search --strategy random --proxy wrcor,snip "${small[@]}" --quiet "$@"; }
expect_exit 0 search --seed 3 --budget 8 --out first
expect_exit 0 search --seed 3 --budget 8 --workers 2 --out again
expect_exit 0 search --seed 3 --budget 7 --out shorter
expect_exit 0 search --seed 3 --budget 8 --init kaiming --out other
expect_exit 0 search --seed 3 --budget 8 --rank-by snip --out by_snip
unchecked changed.jsonl twice.jsonl

# --- equal runs agree, whatever the form of the record
expect_exit 0 wrcor compare first again
expect_contains "$stdout" '16 scores compared, largest relative difference 0'
expect_exit 0 wrcor compare first/result.json again --format json
expect_contains "$stdout" '"agree": true'
expect_contains "$stdout" '"ranks": []'
jq -r '.ranking[].arch' first/result.json >archs 2>/dev/null ||
  grep -o '"arch": *"[^"]*"' first/result.json | sed 's/.*"arch": *"//; s/"$//' >archs
expect_exit 0 wrcor score --arch-file archs --proxy wrcor,snip "${small[@]}" --seed 3 --quiet --out scores.jsonl
expect_exit 0 wrcor score --arch-file archs --proxy wrcor,snip "${small[@]}" --seed 3 --quiet --format csv --out scores.csv
expect_exit 0 wrcor compare first scores.jsonl
expect_exit 0 wrcor compare scores.csv scores.jsonl

# --- an architecture in one only, and the ranks that it moves
expect_exit 5 wrcor compare first shorter
expect_contains "$stdout" 'only in first/result.json: 1'
expect_contains "$stderr" 'error: first/result.json and shorter/result.json differ: '
expect_contains "$stderr" '1 architecture that is in one only'

# --- scores beyond the tolerance, in a file of an older version, which has no checks
sed -E '2s/"snip": ?([0-9])/"snip":1\1/; s/,"check":"[0-9a-f]*"//; s/"schema_version":4/"schema_version":3/' scores.jsonl >changed.jsonl
expect_exit 5 wrcor compare scores.jsonl changed.jsonl
expect_contains "$stdout" 'scores that differ by more than 1e-05: 1'
expect_matches "$stdout" '0\.[0-9]+ +snip +[0-9.]+ +1[0-9.]+ '
expect_contains "$stderr" 'differ: 1 score'
expect_exit 5 wrcor compare scores.jsonl changed.jsonl --format json
expect_contains "$stdout" '"agree": false'
expect_exit 0 wrcor compare scores.jsonl changed.jsonl --tolerance 1

# --- what cannot be compared
expect_exit 2 wrcor compare first other
expect_contains "$stderr" 'their scores were made with other settings'
expect_exit 5 wrcor compare first other --ignore-settings
expect_exit 2 wrcor compare first by_snip
expect_contains "$stderr" 'they are ordered by other rules: +wrcor and +snip'
expect_exit 0 wrcor compare first by_snip --ignore-settings
refuse 2 "'nowhere' does not exist" wrcor compare first nowhere
refuse 2 'an argument is missing: second .PATH.; see' wrcor compare first
expect_exit 0 wrcor score --arch-file archs --proxy synflow "${small[@]}" --seed 3 --quiet --out synflow.jsonl
refuse 2 'they have no score in common' wrcor compare scores.jsonl synflow.jsonl --ignore-settings
cat scores.jsonl scores.jsonl >twice.jsonl
expect_exit 3 wrcor compare scores.jsonl twice.jsonl
for number in -1 1.1 nan inf 1e-400 0.1x; do
  refuse 2 "--tolerance: expected a number from 0 to 1, got '$number'" wrcor compare first again --tolerance="$number"
done

#!/usr/bin/env bash
# The output of a search, and that equal configurations give equal bytes.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# keys FILE INDENT: the keys of a JSON file at this depth, in their order.
keys() { sed -nE "s/^ {$2}\"([a-z0-9_]+)\":.*/\1/p" "$1" | tr '\n' ' '; }

# count NAME FILE: a member of the counts.
count() { sed -nE "s/^    \"$1\": ([0-9]+),?$/\1/p" "$2"; }

search=(search "${small[@]}" --strategy random --budget 60 --proxy 'wrcor,acor' --rank-by acor --dedupe exact --seed 4)

# --- the table: results on standard output, everything else on standard error
expect_exit 0 wrcor "${search[@]}" --top 3 --workers 1 --out first
mapfile -t lines <"$stdout_file"
expect_equal "${#lines[@]}" 4
expect_matches "${lines[0]}" '^rank +wrcor +acor +params +flops +arch$'
for rank in 1 2 3; do
  expect_matches "${lines[rank]}" "^ +$rank( +[0-9]+\.[0-9]{4}){2}( +[0-9]+){2}  \|.*\|\+\|.*\|\+\|.*\|$"
done
expect_contains "$stderr" 'info: 8 images of synthetic on '
expect_contains "$stderr" 'first/result.json'
expect_equal "$(grep -cvE '^(info|warning): ' "$stderr_file" || true)" 0
expect_lacks "$stderr" '~0|'
best_by_acor=$(awk 'NR > 1 { print $3 }' "$stdout_file")
expect_equal "$(sort -rn <<<"$best_by_acor")" "$best_by_acor"

# --- the run directory
expect_equal "$(find first -type f | sort | tr '\n' ' ')" 'first/best.txt first/config.json first/journal.jsonl first/ranking.csv first/result.json '
result=first/result.json
expect_equal "$(<first/best.txt)" "$(sed -nE 's/^ *"arch": "(.*)",/\1/p' $result | head -n 1)"
expect_equal "$(head -n 1 first/ranking.csv)" 'rank,wrcor,acor,params,flops,arch,status,settings,schema_version'
expect_equal "$(wc -l <first/ranking.csv)" "$(($(count distinct $result) + 1))"
expect_equal "$(keys $result 2)" 'schema_version tool scoring_revision libtorch device config seeds batch settings proxies rank_by ranking ended_by counts timing '
expect_equal "$(keys <(sed -n '/^  "batch"/,/^  }/p' $result) 4)" 'dataset classes size height width sha256 '
expect_equal "$(keys <(sed -n '/^  "counts"/,/^  }/p' $result) 4)" 'asked distinct ok degenerate not_applicable infeasible failed refined '
expect_equal "$(keys <(sed -n '/"rank": 1,/,/^    }/p' $result) 6)" \
  'rank arch canonical status scores params flops first_seen '
expect_json "$(<$result)"
expect_contains "$(<$result)" '"ended_by": "budget",'
# Networks without a score have none, and no NaN.
[ "$(count degenerate $result)" -gt 0 ] || fail 'no architecture without a score: choose another seed'
expect_equal "$(grep -c '"wrcor": null' $result)" "$(count degenerate $result)"
expect_equal "$(grep -icE '(: |\[|, *)-?(nan|inf)' $result || true)" 0
# All that have one come first.
expect_equal "$(sed -nE 's/^      "status": "(.*)",/\1/p' $result | uniq | tr '\n' ' ')" 'ok degenerate '
expect_equal "$(sed -nE 's/^      "rank": (.*),/\1/p' $result)" "$(seq "$(count distinct $result)")"
expect_equal "$(count asked $result)" 60
expect_equal "$(count distinct $result)" $(($(count ok $result) + $(count degenerate $result)))

# --- equal configurations, equal bytes
expect_exit 0 wrcor "${search[@]}" --workers 2 --out second --format csv --top 3
csv=$stdout
expect_exit 0 wrcor "${search[@]}" --workers 4 --out third --format json --top 3
json=$stdout
expect_exit 0 wrcor search --config first/config.json --out again --top 3
table=$stdout
for run in second third again; do expect_same_result "$run" first; done
expect_equal "$(head -n 4 second/ranking.csv | sed -E 's/,[0-9a-f]{12},1$//; 1s/,settings,schema_version$//')" "$csv"
expect_same_file again/config.json first/config.json
expect_exit 0 wrcor "${search[@]/#4/5}" --out other_seed --quiet
expect_equal "$stderr" ''
cmp -s <(without_timing other_seed) <(without_timing first) && fail 'the seed changes nothing'

# --- the three forms say the same
expect_json "$json"
expect_equal "$(head -n 1 <<<"$csv")" 'rank,wrcor,acor,params,flops,arch,status'
archs=$(sed -nE 's/^ *"arch": "(.*)",/\1/p' <<<"$json")
expect_equal "$(wc -l <<<"$archs")" 3
expect_equal "$(tail -n +2 <<<"$csv" | cut -d, -f6)" "$archs"
expect_equal "$(awk 'NR > 1 { print $6 }' <<<"$table")" "$archs"
scores=$(sed -nE 's/^ *"acor": (.*)/\1/p' <<<"$json")
expect_equal "$(tail -n +2 <<<"$csv" | cut -d, -f3)" "$scores"
expect_equal "$(sed -nE 's/^      "arch": "(.*)",/\1/p' $result | head -n 3)" "$archs"

# --- the strategies and windows differ, and each repeats itself
expect_exit 0 wrcor search "${small[@]}" --budget 60 --population 10 --tournament 3 --out evolution --workers 1
expect_exit 0 wrcor search "${small[@]}" --budget 60 --population 10 --tournament 3 --out evolution_2 --workers 4 \
  --log-file messages --verbose
expect_same_result evolution_2 evolution
expect_matches "$(<messages)" 'info: .*evolution_2/result.json'

# --- sources of settings: flag before variable before file; --dry-run prints them and writes nothing
mkdir dry
cd dry
printf 'run: {seed: 1, threads: 2}\nsearch: {budget: 10}\ndata: {batch_size: 8}\n' >settings.yaml
export WRCOR_RUN_SEED=2 WRCOR_SEARCH_BUDGET=20
expect_exit 0 wrcor search --config settings.yaml --seed 3 --dry-run
unset WRCOR_RUN_SEED WRCOR_SEARCH_BUDGET
expect_json "$stdout"
for line in '"seed": 3,' '"budget": 20,' '"threads": 2' '"batch_size": 8,'; do expect_contains "$stdout" "$line"; done
expect_contains "$stderr" 'nothing was run'
expect_equal "$(ls)" settings.yaml
# Its output is a configuration.
printf '%s' "$stdout" >dry.json
expect_exit 0 wrcor search --config dry.json --dry-run
expect_same_file "$stdout_file" <(cat dry.json; echo)
rm -- *

# --- without --out: a new folder each time
for _ in 1 2; do expect_exit 0 wrcor search "${small[@]}" --budget 2 --seed 5; done
expect_equal "$(find runs -name result.json | grep -cE '^runs/[0-9]{8}-[0-9]{6}-nb201-evolution-seed5(-2)?/result.json$')" 2

# --- limits
expect_exit 0 wrcor search "${small[@]}" --budget 100000 --max-seconds 0.3 --window 4 --out limited
asked=$(count asked limited/result.json)
((asked >= 1 && asked < 100000)) || fail "$asked proposals in 0.3 s"
expect_contains "$stderr" "info: stopped by --max-seconds after $asked proposals"
expect_contains "$(<limited/result.json)" '"ended_by": "max_seconds",'
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --budget 20 --min-params 7000 --max-params 10000 --top 100 --format csv --out fit
expect_matches "$stdout" '^rank,wrcor,params,flops,arch,status'
expect_equal "$(tail -n +2 <<<"$stdout" | awk -F, '$3 < 7000 || $3 > 10000')" ''
[ "$(count infeasible fit/result.json)" -gt 0 ] || fail 'nothing was found infeasible'

# --- a search without a score has found nothing; started, resumed, refined
nothing='none of 1 architecture has a score by \+wrcor: 1 degenerate \(disconnected\)'
empty=(search "${small[@]}" --strategy exhaustive --budget 1 --proxy wrcor)
refuse 1 "$nothing" wrcor "${empty[@]}" --out empty
expect_contains "$stderr" '1 proposal, 1 architecture: 0 ok, 1 degenerate'
refuse 1 "$nothing" wrcor search --resume --out empty
refuse 1 "$nothing" wrcor "${empty[@]}" --repeats 2 --refine 1 --out refined
refuse 1 'none of 1 architecture has a score by logrank' wrcor "${empty[@]}" --rank-by auto --out vote
expect_equal "$(count not_applicable empty/result.json)" 0
[ ! -e empty/best.txt ] || fail 'there is a best without a score'
expect_file empty/ranking.csv
for command in 'describe empty' 'describe empty#1' 'export empty --out x.pt' 'train empty --out trained'; do
  # shellcheck disable=SC2086  # words
  refuse 2 "no architecture of 'empty' has a score by \+wrcor" wrcor $command
done
expect_exit 0 wrcor report empty
expect_contains "$stderr" "warning: no architecture of 'empty' has a score by +wrcor"

# --- only ranks with a score name an architecture
expect_exit 0 wrcor search "${small[@]}" --strategy exhaustive --budget 8 --proxy wrcor --out some
scored=$(count ok some/result.json)
((scored >= 1 && scored < 8)) || fail "$scored of 8 architectures have a score"
expect_exit 0 wrcor describe "some#$scored"
for command in describe 'export --format python' train 'score --explain'; do
  # shellcheck disable=SC2086  # words
  refuse 2 "rank 8 in 'some' has no score by \+wrcor \(degenerate\); the ranks 1 to $scored have one" wrcor $command 'some#8'
done

# --- a damaged result: the file and the place
unchecked damaged/result.json
damage() {
  rm -rf damaged
  cp -r some damaged
  sed -i "$1" damaged/result.json
  for command in describe 'export --format python' train 'score --explain' report; do
    # shellcheck disable=SC2086  # words
    refuse 3 "'damaged/result.json': $2" wrcor $command damaged
  done
}
damage '0,/"arch": "|/s//"arch": "|nor_conv_9x9~0|/' "rank 1: nb201 architecture string: at byte 1: .*unknown operation"
damage '/"ranking": \[/,/^  \],/c\  "ranking": [],' 'the ranking has no rows'
damage 's/"rank_by": ".*"/"rank_by": "best(wrcor)"/' ".*unknown method 'best'"

#!/usr/bin/env bash
# Rankings by several proxies: the argument of --rank-by, the computed scores, the output.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

search=(search "${small[@]}" --budget 40 --population 10 --tournament 3 --seed 4)
good='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'

# values RUN KEY: the numbers of this name in the ranking, in its order; rows without one are skipped.
values() { sed -nE "s/^ {6,8}\"$2\": (-?[0-9][^,]*),?$/\1/p" <(sed '/"raw": {/,/}/d' "$1/result.json"); }

# --- members are computed as needed, after the requested proxies; the vote is the first column, best first
expect_exit 0 wrcor "${search[@]}" --rank-by 'az(wrcor, -acor, gcor)' --proxy rcor --workers 1 --top 4 --out az
expect_matches "$(head -n 1 <<<"$stdout")" '^rank +vote +rcor +wrcor +acor +gcor +params +flops +arch$'
votes=$(awk 'NR > 1 { print $2 }' <<<"$stdout")
expect_equal "$(sort -rg <<<"$votes")" "$votes"
expect_exit 0 wrcor search --config az/config.json --workers 3 --format csv --top 4 --out az_again
expect_same_result az_again az
expect_equal "$(head -n 1 <<<"$stdout")" 'rank,vote,rcor,wrcor,acor,gcor,params,flops,arch,status'
expect_equal "$(tail -n +2 <<<"$stdout" | cut -d, -f2)" "$(values az vote | head -n 4)"
expect_json "$(<az/result.json)"
expect_contains "$(<az/result.json)" '  "rank_by": "logrank(+wrcor,-acor,+gcor)",'
expect_contains "$(<az/config.json)" '"rank_by": "az(wrcor, -acor, gcor)"'

# --- a run is resumed with its vote, not with another
lines=$(wc -l <az/journal.jsonl)
mkdir part
cp az/config.json part
head -n $((lines / 2)) az/journal.jsonl >part/journal.jsonl
expect_exit 0 wrcor search --resume --out part
expect_same_result part az
refuse 2 'score.rank_by \(--rank-by\): the run has "logrank' wrcor search --resume --out part --rank-by wrcor,acor

# --- one proxy, in either direction, is not a vote
for sign in + -; do
  expect_exit 0 wrcor search "${small[@]}" --budget 40 --seed 4 --strategy random --rank-by "${sign}wrcor" --out "one$sign" --top 3
  expect_matches "$(head -n 1 <<<"$stdout")" '^rank +wrcor +params'
  expect_lacks "$(<"one$sign/result.json")" '"vote"'
done
[ "$(values one- wrcor | wc -l)" -gt 10 ] || fail 'hardly any architecture has a score'
expect_equal "$(values one- wrcor | sort -g)" "$(values one- wrcor)"
expect_equal "$(values one+ wrcor | sort -rg)" "$(values one+ wrcor)"

# --- mistakes
refuse 2 "--rank-by: at character 4: unknown proxy or vote 'wrcorr' \(did you mean 'wrcor'\?\)" \
  wrcor "${search[@]}" --rank-by 'az(wrcorr)' --out mistake
refuse 2 "--rank-by: at character 9: expected ',' or '\)', found the end" \
  wrcor "${search[@]}" --rank-by 'az(wrcor' --out mistake
refuse 2 "WRCOR_SCORE_RANK_BY: at character 7: 'wrcor' is listed twice" \
  env WRCOR_SCORE_RANK_BY=wrcor,wrcor "$wrcor_program" "${search[@]}" --out mistake
[ ! -e mistake ] || fail 'a rule that cannot be read leaves a folder'

# --- all proxies, in the order of the list
mapfile -t proxies < <(wrcor list proxies | awk '{ print $1 }')
expect_exit 0 wrcor score "${small[@]}" --proxy all --arch "$good" --format csv
expect_equal "$(head -n 1 <<<"$stdout")" "arch,status,reason,$(IFS=,; echo "${proxies[*]}"),params,flops"

# --- the lists of the program
expect_exit 0 wrcor list methods
for method in copeland pairwise ranksum borda zscore logrank az; do
  expect_matches "$stdout" "(^|"$'\n'")$method "
done

# --- votes that have a name: scores of their members, a ranking by the majority
mapfile -t named < <(wrcor list votes | awk '{ print $1 }')
for vote in "${named[@]}"; do
  expect_exit 0 wrcor search "${small[@]}" --budget 12 --proxy "$vote" --out "$vote" --format csv
  members=$(sed -nE 's/^  "rank_by": "[a-z]+\((.*)\)",$/\1/p' "$vote/result.json" | tr -d '+-')
  # Parameters and FLOPs have columns of their own.
  shown=$(tr , '\n' <<<"$members" | grep -vxE 'params|flops' | paste -sd ,)
  expect_contains "$stdout" "rank,vote,$shown,params,flops,"
  expect_exit 0 wrcor score "${small[@]}" --proxy "$vote" --arch "$good" --out "$vote.csv" --format csv
  # The same scores by their names belong to the same file.
  expect_exit 0 wrcor score "${small[@]}" --proxy "$members" --arch "$good" --out "$vote.csv" --format csv
  expect_equal "$(wc -l <"$vote.csv")" 2
done

#!/usr/bin/env bash
# Scores against a benchmark table: joined files, the measures, simulated searches, refusals.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# A benchmark made from the space itself: the accuracy grows with the parameters, minus a share of the FLOPs.
expect_exit 0 wrcor describe --all
awk -F, 'NR == 1 { print "index,arch,id,acc,size,empty"; next }
  { printf "%d,%s,%d,%.4f,%d,\n", $3, $1, $2, 50 + $7 / 50000 - $8 / 20000000, $7 }' "$stdout_file" >table.csv
# Scores of some cells, as `wrcor score` writes them: the number of 3x3 convolutions, its negative, and none at all.
awk -F, 'NR == 1 { next } $1 ~ /^\|none~0\|\+\|none~0/ { next } NR % 40 == 0 {
  n = gsub(/conv_3x3/, "conv_3x3", $2)
  if (NR % 400 == 0) printf "{\"arch\":\"%s\",\"status\":\"degenerate\",\"reason\":\"singular\",\"scores\":{\"wrcor\":null}}\n", $2
  else printf "{\"arch\":\"%s\",\"status\":\"ok\",\"scores\":{\"wrcor\":%d}}\n", $2, n }' table.csv >scores.jsonl
sed -E 's/"scores":\{"wrcor":([0-9]+)\}/"scores":{"mine":-\1}/; /null/d' scores.jsonl >mine.jsonl
scored=$(wc -l <scores.jsonl)
unchecked scores.jsonl mine.jsonl other.jsonl members.jsonl changed.jsonl run/result.json

evaluate() { wrcor evaluate --benchmark table.csv "$@"; }
# field NAME: of the first row of CSV on standard output.
field() {
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i; next }
    { print $column; exit }' "$stdout_file"
}

# --- a row for each score and metric
expect_exit 0 evaluate --scores scores.jsonl mine.jsonl --metric acc,size --table-score size --bootstrap 100
mapfile -t lines <"$stdout_file"
expect_equal "${#lines[@]}" 7
expect_matches "${lines[0]}" '^score +metric +n +undefined +rho +tau +r +top 10 +top 5 % +regret 1 +regret 5$'
expect_matches "${lines[1]}" "^wrcor +acc +$scored +[1-9][0-9]* +0\.[0-9]{3} \[0\.[0-9]{3}, [01]\.[0-9]{3}\] "
expect_matches "${lines[2]}" "^mine +acc +[0-9]+ +0 +-0\.[0-9]{3} "
expect_matches "${lines[6]}" "^size +size +$scored +0 +1\.000 \[1\.000, 1\.000\] +1\.000 .* 0\.00 +0\.00$"
table=$stdout

# --- the same for any order and form of the input
sort -r scores.jsonl >other.jsonl
mkdir run
sed '1s/^/{\n"ranking": [/; $!s/$/,/; $s/$/]}/' mine.jsonl >run/result.json
awk -F, '{ print $6 ",\"" $4 "\"," $5 "," $1 "\r" }' table.csv >by_index.csv
expect_exit 0 wrcor evaluate --benchmark by_index.csv --key index --scores other.jsonl run --metric acc,size \
  --table-score size --bootstrap 100
expect_equal "$stdout" "$table"
sed 's/^index/nr/' table.csv >renamed.csv
expect_exit 0 wrcor evaluate --benchmark renamed.csv --key index=nr --scores scores.jsonl mine.jsonl --metric acc,size \
  --table-score size --bootstrap 100
expect_equal "$stdout" "$table"
expect_exit 0 evaluate --key id --scores scores.jsonl mine.jsonl --metric acc,size --table-score size --bootstrap 100
expect_equal "$stdout" "$table"

# --- the other forms
expect_exit 0 evaluate --scores scores.jsonl --metric acc --bootstrap 100 --seed 1 --format csv
expect_equal "$(field score) $(field kind) $(field metric) $(field architectures)" "wrcor proxy acc $scored"
rho=$(field spearman)
low=$(field spearman_low)
expect_exit 0 evaluate --scores scores.jsonl --metric acc --bootstrap 100 --seed 2 --format csv
expect_equal "$(field spearman)" "$rho"
[ "$(field spearman_low)" != "$low" ] || fail 'the seed does not matter'
expect_exit 0 evaluate --scores scores.jsonl --metric acc --bootstrap 0 --format json
expect_json "$stdout"
expect_contains "$stdout" "\"value\": $rho"
expect_contains "$stdout" '"low": null'
expect_exit 0 evaluate --scores scores.jsonl --metric acc --bootstrap 0 --format markdown
expect_contains "$stdout" '| wrcor | acc |'

# --- the files of `wrcor score` and `wrcor search` can be read
expect_exit 0 wrcor score "${small[@]}" --all --shard 7/400 --out real.jsonl
expect_exit 0 wrcor score "${small[@]}" --proxy acor --all --shard 7/400 --format csv --out real.csv
expect_exit 0 wrcor search "${small[@]}" --strategy random --budget 20 --proxy gcor --out found
expect_exit 0 evaluate --scores real.jsonl real.csv found --metric acc --bootstrap 10 --format csv
expect_equal "$(tail -n +2 "$stdout_file" | cut -d, -f1 | tr '\n' ' ')" 'wrcor acor gcor '

# --- votes: the requested ones, else the named ones whose members all have scores
sed -E 's/"wrcor":([0-9]+)\}/"wrcor":\1,"synflow":\1,"l2_norm":\1}/' scores.jsonl >members.jsonl
expect_exit 0 evaluate --scores members.jsonl --metric acc --bootstrap 0 --format csv
expect_equal "$(tail -n +2 "$stdout_file" | cut -d, -f1,2 | tr '\n' ' ')" 'wrcor,proxy synflow,proxy l2_norm,proxy spw,vote '
expect_exit 0 evaluate --scores members.jsonl --metric acc --bootstrap 0 --format csv --rank-by 'az(wrcor,-synflow,l2_norm)'
expect_matches "$stdout" '"az\(wrcor,-synflow,l2_norm\)",vote,acc'
expect_exit 3 evaluate --scores members.jsonl --metric acc --rank-by wrcor,gcor
expect_contains "$stderr" "the score files have no scores of 'gcor'; they have wrcor, synflow, l2_norm"
expect_exit 2 evaluate --scores members.jsonl --metric acc --rank-by 'foo(wrcor)'
expect_matches "$stderr" "error: --rank-by 'foo\(wrcor\)': at character 1: unknown method 'foo'"
tr -d '\n' <run/result.json >compact.json
expect_exit 0 evaluate --scores compact.json --metric acc --bootstrap 0 --format csv
expect_contains "$stdout" 'mine,proxy,acc'
expect_exit 0 evaluate --scores real.csv --metric acc --bootstrap 0 --format csv
expect_equal "$(field architectures)" "$(($(wc -l <real.csv) - 1))"
expect_exit 2 evaluate --table-score size --metric acc --rank-by wrcor
expect_contains "$stderr" '--rank-by needs the scores of its members'

# --- simulated searches: over scores of the whole space
expect_exit 3 evaluate --scores scores.jsonl --metric acc --bootstrap 0 --simulate-search
expect_matches "$stderr" "no score, or no row of the benchmark, for \|.*wrcor score --unique"
expect_exit 0 evaluate --table-score size --metric acc,size --bootstrap 0 --simulate-search --runs 5 --budget 200
expect_matches "$stdout" "size +random +5 +200 +1[0-9]{2}\.[0-9] +[0-9.]+ ± [0-9.]+ +[0-9.]+ ± [0-9.]+"
expect_matches "$stdout" "size +exhaustive +1 +5260 +5260\.0 "
expect_matches "$stdout" "best of 100 trained "
expect_matches "$stdout" "optimum "
simulated=$stdout
expect_exit 0 evaluate --table-score size --metric acc,size --bootstrap 0 --simulate-search --runs 5 --budget 200
expect_equal "$stdout" "$simulated"
expect_exit 0 evaluate --table-score size --metric acc --bootstrap 0 --simulate-search --runs 2 --budget 50 --format json
expect_json "$stdout"
expect_contains "$stdout" '"best_of_trained"'

# --- ties: figures are expected values of a random choice among equals, whatever the names of the cells
expect_exit 0 wrcor describe --all
awk -F, 'BEGIN { print "arch,acc,up,down,flat" } NR > 1 && NR <= 41 { i = NR - 2
  printf "%s,%.2f,%d,%d,7\n", $1, 60 + 0.75 * (i * 7 % 40), i, 40 - i }' "$stdout_file" >ties.csv
ties() { wrcor evaluate --benchmark ties.csv --bootstrap 0 "$@"; }
awk -F, 'NR > 1 { printf "{\"arch\":\"%s\",\"scores\":{\"c\":1.0}}\n", $1 }' ties.csv >constant.jsonl
sed 's/1\.0}/null}/' constant.jsonl >undefined.jsonl
unchecked constant.jsonl undefined.jsonl
expect_exit 0 ties --scores constant.jsonl --metric acc
expect_matches "$stdout" 'c +acc +40 +0 +0\.25 +0\.05 +14\.63 +4\.38$'
expect_exit 0 ties --scores constant.jsonl --metric acc --format csv
expect_equal "$(field spearman)$(field kendall)$(field pearson)" ''
expect_matches "$(field top_k) $(field regret_top_1)" "^0\.25 14\.62(5|4999)"
# Undefined figures: nothing is scored, the metric is constant, the top k includes everything.
expect_exit 0 ties --scores undefined.jsonl --metric acc
expect_matches "$stdout" 'c +acc +40 +40$'
expect_exit 0 ties --table-score acc --metric flat
expect_matches "$stdout" 'acc +flat +40 +0$'
head -n 9 ties.csv >few.csv
expect_exit 0 wrcor evaluate --benchmark few.csv --bootstrap 0 --table-score up --metric up --format csv
expect_equal "$(field top_k) $(field regret_top_1)" ' 0'
# The same for any order of the names, also in the simulated search.
expect_exit 0 ties --table-score flat --metric up,down --format csv
expect_equal "$(tail -n +2 "$stdout_file" | cut -d, -f15,18,21,24 | uniq | wc -l)" 1
refuse 2 '--top-k: expected at most 40, the number of architectures that are compared, got 41' \
  ties --scores constant.jsonl --metric acc --top-k 41
expect_exit 0 ties --scores constant.jsonl --metric acc --top-k 40
wrcor describe --all >cells.csv
awk -F, 'NR == 1 { print "arch,number,flat"; next } { print $1 "," NR ",1" }' cells.csv >whole.csv
mean=$(awk -F, '$1 == $4 { sum += NR; ++count } END { printf "%.2f", sum / count }' cells.csv)
expect_exit 0 wrcor evaluate --benchmark whole.csv --bootstrap 0 --table-score flat --metric number --simulate-search --runs 1 --budget 10
expect_matches "$stdout" "exhaustive +1 +5260 +5260\.0 +$mean ± 0\.00"

# --- columns with lower as better, markers of missing values
awk -F, 'NR == 1 { print "arch,ms,params"; next } { print $1 "," (NR % 3 == 0 ? -1 : NR) "," (-NR) }' ties.csv >latency.csv
latency() { wrcor evaluate --benchmark latency.csv --bootstrap 0 --format csv "$@"; }
expect_exit 0 latency --metric=-ms --table-score params --missing -1
expect_equal "$(field metric) $(field architectures) $(field spearman) $(field regret_top_1)" '-ms 27 1 0'
expect_exit 0 latency --metric=-ms --table-score=-ms --missing=none,-1.0
expect_equal "$(field score) $(field spearman)" '-ms 1'
expect_exit 0 latency --metric ms --table-score params --missing -1
expect_equal "$(field spearman) $(field regret_top_1)" '-1 39'
expect_exit 0 latency --metric ms --table-score params
expect_equal "$(field architectures)" 40
awk -F, 'NR == 1 { print "arch,ms"; next } { print $1 "," NR }' cells.csv >slow.csv
expect_exit 0 wrcor evaluate --benchmark slow.csv --bootstrap 0 --table-score=-ms --metric=-ms --simulate-search --runs 1 --budget 10
expect_matches "$stdout" 'exhaustive +1 +5260 +5260.0 +2\.00 ± 0\.00'
expect_matches "$stdout" 'optimum +2\.00'

# --- NASLib's tuples
printf '%s\n' net,val_accs '"(4, 3, 4, 3, 1, 2)",60.00' '"(0, 1, 1, 0, 3, 2)",60.75' '021440,61.50' >tuples.csv
for key in naslib=net arch=net; do
  [ $key = naslib=net ] || sed -i 's/^021440/"[0, 2, 1, 4, 4, 0]"/' tuples.csv
  expect_exit 0 wrcor evaluate --benchmark tuples.csv --key $key --metric val_accs --table-score val_accs --bootstrap 0 --format csv
  expect_equal "$(field architectures) $(field spearman)" '3 1'
done
expect_exit 0 wrcor describe '(4, 0, 3, 1, 4, 3)'
expect_contains "$stdout" '|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|'
refuse 2 "id: expected an integer from 0 to 15624, got '403143'; NASLib's tuple '\(403143\)' is \|avg_pool_3x3~0\|" wrcor describe 403143
refuse 2 "nb201 tuple of NASLib: found '\(4, 0, 3, 1, 4\)', expected six digits" wrcor describe '(4, 0, 3, 1, 4)'
sed -i 's/4, 3, 4/4, 9, 4/' tuples.csv
refuse 3 'tuples.csv:2:1: nb201 tuple of NASLib: ' \
  wrcor evaluate --benchmark tuples.csv --key naslib=net --metric val_accs --table-score val_accs

# --- settings without effect
refuse 2 '--budget: has no effect, because no search is simulated without --simulate-search; leave it out' \
  ties --table-score up --metric acc --budget 5
refuse 2 '--replacement: has no effect' ties --table-score up --metric acc --replacement
refuse 2 '--seed: has no effect, because without --bootstrap and --simulate-search nothing is random' \
  ties --table-score up --metric acc --seed 1

# --- architectures that the benchmark lacks are reported; nothing in common is an error
head -n 8000 table.csv >half.csv
expect_exit 0 wrcor evaluate --benchmark half.csv --scores scores.jsonl --metric acc --bootstrap 0
expect_matches "$stderr" "[0-9]+ of $scored scored architectures are not in 'half.csv'"
head -n 3 table.csv >tiny.csv
refuse 3 "none of $scored scored architectures is in 'tiny.csv'" \
  wrcor evaluate --benchmark tiny.csv --scores scores.jsonl --metric acc

# --- refusals
refuse 2 "unknown column 'ac' \(did you mean 'acc'\?\)" evaluate --scores scores.jsonl --metric ac
refuse 2 "unknown column 'sise'" evaluate --metric acc --table-score sise
refuse 2 'nothing to evaluate' evaluate --metric acc
refuse 2 '--metric: .acc. is given twice' evaluate --scores scores.jsonl --metric acc,acc
refuse 2 '--key: expected arch, id, index or naslib' evaluate --scores scores.jsonl --metric acc --key name
refuse 2 '--bootstrap: expected an integer from 0' evaluate --scores scores.jsonl --metric acc --bootstrap -1
refuse 2 'use json together with --simulate-search' evaluate --scores scores.jsonl --metric acc --simulate-search --format csv
refuse 2 '--metric is required' evaluate --scores scores.jsonl
refuse 3 "column 'empty' has no value" evaluate --scores scores.jsonl --metric empty
refuse 3 "cannot read 'missing.jsonl'" evaluate --scores missing.jsonl --metric acc
refuse 3 'expected scores' evaluate --scores table.csv --metric acc
refuse 3 'expected scores' evaluate --scores /dev/null --metric acc
sed '3s/,[0-9.]*,\([0-9]*\),$/,x,\1,/' table.csv >wrong.csv
refuse 3 "wrong.csv:3:[0-9]+: column 'acc': expected a finite number" wrcor evaluate --benchmark wrong.csv --scores scores.jsonl --metric acc
{ cat table.csv && sed -n 5p table.csv; } >twice.csv
refuse 3 'twice.csv: lines 5 and 15627 are about one architecture' wrcor evaluate --benchmark twice.csv --scores scores.jsonl --metric acc
sed 's/"wrcor":3}/"wrcor":30}/' scores.jsonl >changed.jsonl
refuse 3 "scores.jsonl:[0-9]+ and changed.jsonl:[0-9]+: two different scores 'wrcor'" evaluate --scores scores.jsonl changed.jsonl --metric acc

# --- populations, measures of the top, published figures
expect_exit 0 evaluate --table-score size --metric acc --bootstrap 10 --among all,live --measures all
expect_matches "$stdout" 'size +acc +all +15625 '
expect_matches "$stdout" 'size +acc +live +9445 '
expect_matches "$stdout" 'population +n +rho of best 5 % +tau of best 5 % +rho of best 10 % +tau of best 10 % +nDCG +tau at equal size'
expect_exit 0 evaluate --table-score size --metric acc --bootstrap 0 --published cifar10 --format markdown
expect_matches "$stdout" '\| live \| 9445 \| size \| [01]\.[0-9]+ \| [01]\.[0-9]+ \| [01]\.[0-9]+ \| measured here \|'
expect_contains "$stdout" '| live | 9445 | VKDNW aggregate | 0.750 | 0.919 | 0.785 | VKDNW, CVPR 2025, table 1 |'
expect_exit 0 evaluate --table-score size --metric acc --bootstrap 0 --published cifar10 --format json
expect_contains "$stdout" '"population": "live"'
refuse 2 "unknown population 'dead'" evaluate --table-score size --metric acc --among dead
refuse 2 "unknown data set 'c10'" evaluate --table-score size --metric acc --published c10
refuse 2 'expected the data set of each --metric, in their order, got 2 for 1' \
  evaluate --table-score size --metric acc --published cifar10,cifar100
refuse 2 'csv holds one table only' evaluate --table-score size --metric acc --published cifar10 --format csv

#!/usr/bin/env bash
# Simulated searches under a budget of seconds: fidelities, seconds of training, curves, guides, refusals.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# A benchmark of all cells: accuracies grow with the parameters, those of short trainings less regularly. Every 20th
# cell was timed: a second for 4,000,000 FLOPs, and ten times as long in full.
wrcor describe --all >cells.csv
awk -F, 'NR == 1 { print "index,arch,short,long,test,size"; next }
  { printf "%d,%s,%.3f,%.3f,%.3f,%d\n", $3, $1, 40 + $7 / 40000 + NR * 7919 % 31 / 5, 60 + $7 / 50000 + NR % 7 / 5, 60 + $7 / 50000, $7 }' \
  cells.csv >table.csv
awk -F, 'NR == 1 { print "index,s1,s10"; next } NR % 20 == 0 { printf "%d,%.4f,%.4f\n", $3, 2 + $8 / 4e6, 20 + $8 / 4e5 }' cells.csv >times.csv
timed=$(($(wc -l <times.csv) - 1))

evaluate() {
  wrcor evaluate --benchmark table.csv --key index --metric test --training-times times.csv --bootstrap 0 "$@"
}
two=(--fidelity '1=short,10=long' --training-column '1=s1,10=s10')
few=(--runs 5 --population 10 --warm-up 10)
quick=(--simulated-seconds 2000 "${few[@]}")

# --- every search, with what it was made from
expect_exit 0 evaluate "${two[@]}" "${quick[@]}"
expect_matches "$stdout" '^search +epochs +trained +test'
for search in random evolution reinforce local; do
  for epochs in 1 10; do
    expect_matches "$stdout" "$search +$epochs +[0-9]+\.[0-9] +[0-9]+\.[0-9]{2} ± [0-9]+\.[0-9]{2}"
  done
done
expect_matches "$stdout" 'successive halving +1 to 10 +[0-9.]+ +[0-9.]+ ±'
expect_matches "$stdout" 'hyperband +1 to 10 +'
expect_matches "$stdout" 'optimum +[0-9]+\.[0-9]{2}'
expect_matches "$stdout" 'search +epochs +test after 120 s +200 s +400 s +1000 s +2000 s'
expect_contains "$stdout" 'Simulated: 2000 seconds of training one network after the other, 5 runs'
expect_contains "$stdout" \
  "1 epoch: selected by short; seconds of $timed networks measured, of $((15625 - timed)) estimated from FLOPs (mean error of the fit 0.0 %)."
expect_contains "$stdout" 'Each training starts from scratch.'
expect_lacks "$stdout" 'undefined' # nothing is compared
table=$stdout

# --- a function of the seed
expect_exit 0 evaluate "${two[@]}" "${quick[@]}"
expect_equal "$stdout" "$table"
expect_exit 0 taskset -c 0 "$wrcor_program" evaluate --benchmark table.csv --key index --metric test --training-times times.csv \
  --bootstrap 0 "${two[@]}" "${quick[@]}"
expect_equal "$stdout" "$table"
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --seed 1
[ "$stdout" != "$table" ] || fail 'the seed does not matter'

# --- rankings filter and warm-start, and cost seconds
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --table-score size --guide size=0.1 --pool 100
expect_matches "$stdout" 'size +test +15625 '
expect_matches "$stdout" 'hyperband +1 to 10 +filter by size +1[0-9]{2}\.[0-9] '
expect_matches "$stdout" 'local +1 +warm start by size +100\.0 '
expect_contains "$stdout" 'Scoring by size: 0.1 s an architecture, 100 of them first in each run.'
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --table-score size --guide size=0.1 --pool 100 --format json
expect_json "$stdout"
expect_contains "$stdout" '"guide": "warm_start"'
expect_contains "$stdout" '"filter_percent": 10'
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --format markdown
expect_contains "$stdout" '| search | epochs | trained | test |'
# A file of scores.
awk -F, 'NR > 1 { printf "{\"arch\":\"%s\",\"scores\":{\"mine\":%s}}\n", $2, NR % 50 ? $6 : "null" }' table.csv >mine.jsonl
unchecked mine.jsonl some.jsonl
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --scores mine.jsonl --guide mine=0
expect_matches "$stdout" 'random +1 +filter by mine '

# --- published figures
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --published cifar10
expect_matches "$stdout" 'random +1 +[0-9.]+ +[0-9.]+ ± [0-9.]+ +simulated here'
expect_matches "$stdout" 'REA +93\.92 +quoted: NAS-Bench-201, table 5'
expect_matches "$stdout" 'GDAS +93\.61 +quoted, shares weights: NAS-Bench-201'
expect_exit 0 evaluate "${two[@]}" "${quick[@]}" --published cifar10 --format json
expect_contains "$stdout" '"weight_sharing": true'

# --- the page of a report draws them
cp -r "$source_dir/tests/fixtures/version_1/run" .
unchecked run/{config.json,result.json,journal.jsonl}
cp "$stdout_file" searches.json
expect_exit 0 wrcor report run --searches searches.json --out page.html
expect_matches "$(<page.html)" '"searches":\{"metrics":\["test"\],"moments":\[40\.0,80\.0,'
refuse 3 'mine.jsonl: .*expected what .wrcor evaluate --fidelity ... --format json. prints' \
  wrcor report run --searches mine.jsonl --out no.html
expect_exit 0 wrcor evaluate --benchmark table.csv --key index --metric test --table-score size --bootstrap 0 --format json
cp "$stdout_file" other.json
refuse 3 'other.json: there are no simulated searches' wrcor report run --searches other.json --out no.html
refuse 3 "cannot read 'none.json'" wrcor report run --searches none.json --out no.html

# --- one fidelity; trainings in full that do not fit
expect_exit 0 evaluate --fidelity 10=long --training-column 10=s10 "${quick[@]}"
expect_matches "$stdout" 'random +10 +'
expect_lacks "$stdout" hyperband
expect_exit 0 evaluate "${two[@]}" "${few[@]}" --simulated-seconds 300
expect_matches "$stderr" 'warning: no strategy trains for 10 epochs: the longest training ends after [0-9]+ s, the budget is 300 s'
expect_matches "$stdout" 'hyperband +1 to 10 '
expect_lacks "$stdout" 'random +10 '

# --- curves: trainings continue
awk -F, 'NR == 1 { print "index,hp,seed,epoch,acc"; next }
  { for (seed = 0; seed < 2; ++seed) for (epoch = 0; epoch < 3; ++epoch)
      printf "%d,3,%d,%d,%.3f\n", $1, seed, epoch, 20 * epoch + $6 / 50000 + seed
    if (NR == 2) printf "%d,200,0,0,99\n", $1 }' table.csv >curves.csv
awk -F, 'NR == 1 { print "index,s1,s3"; next } { print $1 "," $2 "," 3 * $2 }' times.csv >curve_times.csv
along() {
  wrcor evaluate --benchmark table.csv --key index --metric test --training-times curve_times.csv --curves curves.csv \
    "${quick[@]}" "$@"
}
three=(--fidelity '1=acc,3=acc' --training-column '1=s1,3=s3')
expect_exit 0 along "${three[@]}" --curve-rows hp=3
expect_matches "$stdout" 'hyperband +1 to 3 '
expect_contains "$stdout" 'Trainings to more epochs continue those to fewer.'
refuse 3 'curves.csv:[0-9]+:[0-9]+: a second row of epoch 0 of \|.*choose the rows of one training by --curve-rows' \
  along "${three[@]}"
refuse 3 'no row is selected' along "${three[@]}" --curve-rows hp=12
refuse 3 "no network has a value of 'acc' after 4 epochs" along --fidelity 1=acc,4=acc --training-column 1=s1,4=s3 --curve-rows hp=3
refuse 2 "unknown column 'loss'" along --fidelity 1=loss,3=acc --training-column 1=s1,3=s3 --curve-rows hp=3
refuse 2 "expected COLUMN=TEXT, such as hp=200, got 'hp'" along "${three[@]}" --curve-rows hp
refuse 2 '--curve-rows: has no effect without --curves' evaluate "${two[@]}" --curve-rows hp=3
# The records of NATS-Bench that are there: three cells, of all that a search may train.
if [ -e "$shared_dir/data/nats_curves/curves.csv" ]; then
  refuse 3 'no valid_acc after 12 epochs of \|.*, which a search trains; give it one' wrcor evaluate --benchmark table.csv --key index \
    --metric test --fidelity 12=valid_acc,200=valid_acc --training-times times.csv --training-column 12=s1,200=s10 \
    --curves "$shared_dir/data/nats_curves/curves.csv" --curve-rows space=tss,hp=200,dataset=cifar10-valid
fi

# --- refusals
plain() { wrcor evaluate --benchmark table.csv --key index --metric test --bootstrap 0 "$@"; }
refuse 2 "unknown column 'shrt' \(did you mean 'short'\?\)" evaluate --fidelity 1=shrt,10=long --training-column 1=s1,10=s10
refuse 2 '--fidelity: expected epochs that increase, got 1 after 10' evaluate --fidelity 10=long,1=short --training-column 1=s1,10=s10
refuse 2 "--fidelity: expected EPOCHS=COLUMN, such as 12=c10_val_12ep, with 1 to 1000000 epochs, got 'short'" evaluate --fidelity short
refuse 2 '--fidelity needs the seconds of training: name their table by --training-times' \
  plain --fidelity 1=short
refuse 2 '--training-column: expected a column of seconds for each --fidelity \(1, 10\), got 1=s1' \
  evaluate --fidelity 1=short,10=long --training-column 1=s1
refuse 2 "unknown column 's2'" evaluate --fidelity 1=short,10=long --training-column 1=s1,10=s2
refuse 2 '--simulated-seconds: expected at least [0-9]+, which scoring a pool and one training take, got 5' \
  evaluate "${two[@]}" --simulated-seconds 5
refuse 2 '--simulated-seconds: expected at least 10[0-9]+, which scoring' \
  evaluate "${two[@]}" "${quick[@]}" --table-score size --guide size=10
refuse 2 "--guide: unknown score 'sise' \(did you mean 'size'\?\)" evaluate "${two[@]}" --table-score size --guide sise=1
refuse 2 "--guide 'size=1': there are no scores" evaluate "${two[@]}" --guide size=1
refuse 2 '--guide: .size. is given twice' evaluate "${two[@]}" --table-score size --guide size=1 --guide size=2
for guide in size size= size=-1 size=x size=inf size=nan =1; do
  refuse 2 '--guide: expected SCORE=SECONDS' evaluate "${two[@]}" --table-score size --guide "$guide"
done
refuse 2 '--warm-start: expected at most the --pool of 5, got 10' evaluate "${two[@]}" --pool 5
refuse 2 'csv holds one table only: use json together with --fidelity' evaluate "${two[@]}" --format csv
refuse 2 '--window: has no effect, because searches of --fidelity train one network after the other' evaluate "${two[@]}" --window 4
refuse 2 '--runs: has no effect without --simulate-search or --fidelity' plain --table-score size --runs 5
refuse 2 '--top-k: has no effect without --scores or --table-score' evaluate "${two[@]}" --top-k 3
refuse 2 '--simulate-search needs scores' evaluate "${two[@]}" --simulate-search
refuse 2 'nothing to evaluate' plain
refuse 2 '--training-times requires --fidelity' plain --table-score size --training-times times.csv
refuse 2 '--guide requires --fidelity' plain --table-score size --guide size=0
head -n 8000 table.csv >half.csv
refuse 3 'the benchmark has no row for \|.*, which a search trains; a search needs a table of the whole space' \
  wrcor evaluate --benchmark half.csv --key index --metric test --training-times times.csv "${two[@]}" "${quick[@]}"
head -n 8000 mine.jsonl >some.jsonl
refuse 3 "no score 'mine' of \|.*, which a search ranks" evaluate "${two[@]}" "${quick[@]}" --scores some.jsonl --guide mine=0
head -n 3 times.csv >few.csv
refuse 3 'seconds of training can be estimated from those of at least 3 networks, not 2' \
  plain --training-times few.csv "${two[@]}"
sed 's/^\([0-9]*\),[0-9.]*,/\1,-1,/' times.csv >negative.csv
refuse 3 "column 's1': expected seconds of training above 0 for \|.*, got -1" \
  plain --training-times negative.csv "${two[@]}"
refuse 3 "cannot read 'missing.csv'" plain --training-times missing.csv "${two[@]}"

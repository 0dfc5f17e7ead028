#!/usr/bin/env bash
# Unlucky and hostile situations of folders and outputs: a run changes only its own files, reads back only what it
# wrote, and limits, signals and closed pipes end a command in an orderly way.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

net=(--channels 4 --cells 1 --batch-size 16)
cell='|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|'
train=(train "$cell" --channels 4 --cells 1 --threads 1 --train-images 32 --test-images 16 --batch-size 16 --epochs 2 --quiet)
endless=(search "${net[@]}" --proxy wrcor --strategy random --quiet)
search=("${endless[@]}" --budget 6)

# state DIR: its whole content.
state() { (cd "$1" && find . -exec stat -c '%n %F %s' {} + | sort && find . -type f -exec cksum {} + | sort); }

# unchanged DIR CODE REGEX COMMAND...: the command is refused and does not change the folder.
unchanged() {
  local folder=$1 before
  before=$(state "$folder")
  shift
  refuse "$@"
  expect_equal "$(state "$folder")" "$before"
}

expect_exit 0 wrcor "${search[@]}" --out run
expect_exit 0 wrcor "${train[@]}" --out trained
expect_exit 0 wrcor score "${net[@]}" --proxy wrcor --all --shard 1/2000 --out scores.jsonl
expect_exit 0 wrcor score "${net[@]}" --proxy wrcor --all --shard 1/2000 --format csv --out scores.csv

# --- a folder of another kind, or without its journal, is not resumed
unchanged trained 2 "'trained' holds no run to resume: it has no journal.jsonl of a search" wrcor search "${net[@]}" --resume --out trained
unchanged trained 2 "'trained/result.json' is not of this search" wrcor search "${net[@]}" --out trained
unchanged run 2 "'run' holds no training to resume" wrcor train --resume --out run
unchanged run 2 "run/result.json' is not of this training" wrcor "${train[@]}" --out run
cp -r run bare
rm bare/journal.jsonl
unchanged bare 2 "'bare' holds no run to resume" wrcor search "${net[@]}" --resume --seed 7 --budget 3 --out bare
unchanged bare 2 "'bare/result.json' is not of this search" wrcor search "${net[@]}" --seed 7 --budget 3 --out bare
mkdir own
for file in result.json ranking.csv best.txt journal.jsonl config.json lock; do
  printf 'important\n' >own/$file
  unchecked own/$file
  unchanged own 2 "own/$file' is not " wrcor "${search[@]}" --out own
  rm own/$file
done
for file in checkpoint.pt metrics.jsonl metrics.csv weights.pt result.json config.json lock; do
  printf 'important\n' >own/$file
  unchecked own/$file
  unchanged own 2 "own(/$file' is not |' holds a training)" wrcor "${train[@]}" --out own
  rm own/$file
done
printf 'important\n' >own/journal.jsonl
unchanged own 2 "'own' holds no run to resume" wrcor search "${net[@]}" --resume --out own
rm own/journal.jsonl
# Files with names like those of unfinished writes.
cp -r run kept
for suffix in partial partial.1 partial.mine partial.0123456789abcdef; do
  for file in config.json result.json; do printf 'important\n' >"kept/$file.$suffix"; done
done
expect_exit 0 wrcor search --resume --out kept --quiet
expect_equal "$(cat kept/*.partial* | sort -u)" important
expect_equal "$(find kept -name '*.partial*' | wc -l)" 8
# Results and settings of another run.
for file in result.json config.json; do
  cp -r run changed
  cp "trained/$file" changed/
  unchanged changed 2 "" wrcor search --resume --out changed
  unchanged changed 2 "'changed/$file' is not of this search" wrcor search --config run/config.json --resume --out changed
  rm -r changed
done

# --- outputs replace no existing files
printf '<p>important</p>\n' >page.html
cp page.html before
unchanged . 2 "'page.html' exists and is not a report" wrcor report run --out page.html
unchanged . 2 "'page.html' exists" wrcor export "$cell" --channels 4 --cells 1 --format python --out page.html
unchanged . 2 "'page.html' exists already" wrcor config init --out page.html
unchanged . 2 'page.html:1: expected a score' wrcor score "${net[@]}" --arch "$cell" --out page.html
unchanged . 2 "'page.html' holds something else than messages of wrcor" wrcor list --log-file page.html
unchanged run 2 "journal.jsonl' holds something else than messages" wrcor list --log-file run/journal.jsonl
expect_same_file page.html before
expect_exit 0 wrcor list --verbose --log-file log
expect_exit 0 wrcor search "${net[@]}" --budget 2 --dry-run --log-file log
expect_exit 0 wrcor search "${net[@]}" --budget 2 --dry-run --log-file log

# --- temporary files have names that nobody can predict, and no link is followed
printf 'important\n' >victim
# shellcheck disable=SC2016 # of the inner shell
expect_exit 0 bash -c 'ln -s victim "linked.html.partial.$$"; exec "$0" report run --out linked.html' "$wrcor_program"
expect_equal "$(<victim)" important
ln -s ../victim own/lock
unchanged . 2 "'own/lock' is not the lock that belongs there" wrcor "${search[@]}" --out own
rm own/lock
ln -s victim linked.jsonl.lock
unchanged . 2 "linked.jsonl.lock' is not the lock" wrcor score "${net[@]}" --arch "$cell" --out linked.jsonl
rm linked.jsonl.lock

# --- only written data are read back: lines of another run, edited, moved, inserted, omitted
expect_exit 0 wrcor "${search[@]}" --init xavier --out other
mixed() {
  rm -rf mixed
  cp -r run mixed
  unchecked mixed/journal.jsonl mixed/result.json mixed/metrics.jsonl
}
# damaged LINE: every reader refuses the journal of mixed for this line.
damaged() {
  unchanged mixed 3 "mixed/journal.jsonl:$1: expected a journal line, found damage" wrcor search --resume --out mixed
  unchanged mixed 3 "mixed/journal.jsonl:$1: expected a journal line, found damage" wrcor report mixed
}
mixed
{ head -n 1 run/journal.jsonl && tail -n +2 other/journal.jsonl; } >mixed/journal.jsonl
damaged 2
mixed
sed '3{h;d};4{G}' run/journal.jsonl >mixed/journal.jsonl
damaged 3
sed '3d' run/journal.jsonl >mixed/journal.jsonl
damaged 3
sed '3p' run/journal.jsonl >mixed/journal.jsonl
damaged 4
sed -E '4s/("params":)/\19/' run/journal.jsonl >mixed/journal.jsonl
damaged 4
# A torn last line is dropped, as always.
head -c -20 run/journal.jsonl >mixed/journal.jsonl
expect_exit 0 wrcor search --resume --out mixed --quiet
expect_same_result mixed run
mixed
printf '%s\n' "$(sed -E '0,/"wrcor": /s//"wrcor": 9/' run/result.json)" >mixed/result.json
table=table.csv
expect_exit 0 wrcor describe --all
awk -F, 'NR == 1 { print "arch,acc"; next } { print $1 "," $7 }' "$stdout_file" >$table
for command in 'describe mixed' 'export mixed --format python' 'report mixed' 'train mixed --out none' \
  "evaluate --benchmark $table --metric acc --bootstrap 0 --scores mixed"; do
  # shellcheck disable=SC2086 # words of a command line
  unchanged mixed 3 'mixed/result.json. is not as the search wrote it' wrcor $command
done
expect_exit 0 wrcor search --resume --out mixed --quiet
expect_same_result mixed run
mixed
cp other/config.json mixed/
for command in 'describe mixed' 'export mixed --format python'; do
  # shellcheck disable=SC2086 # words of a command line
  unchanged mixed 3 "mixed/config.json. does not belong to the run of the result.json next to it: score.init is .xavier., there .default." wrcor $command
done
mixed
cp other/result.json mixed/
unchanged mixed 3 'are not of one run' wrcor report mixed
for format in jsonl csv; do
  sed -E '3s/("params":|,)([0-9]+),/\19\2,/' "scores.$format" >"edited.$format"
  unchecked "edited.$format"
  unchanged . 3 "edited.$format:3: found a score that is not as it was written" \
    wrcor score "${net[@]}" --proxy wrcor --all --shard 1/2000 --format "$format" --out "edited.$format"
  unchanged . 3 "edited.$format:3: found a score that is not as it was written" \
    wrcor evaluate --benchmark $table --metric acc --bootstrap 0 --scores "edited.$format"
done
cp -r trained mixed2
unchecked mixed2/metrics.jsonl
sed -i -E '2s/("train_loss":)/\19/' mixed2/metrics.jsonl
unchanged mixed2 3 'mixed2/metrics.jsonl:2: expected the line of epoch 2 as this training wrote it' wrcor train --resume --out mixed2

# --- a limit on the size of files acts like a full disk: one line, how to continue, and nothing left behind
limited() { (ulimit -f "$1" && shift && "$wrcor_program" "$@"); }
refuse 1 "cannot write 'full/journal.jsonl': File too large; resume with: wrcor search --resume --out full" \
  limited 2 "${endless[@]}" --budget 200 --out full
expect_exit 0 wrcor search --resume --out full --quiet --budget 30
for command in 'report run --out full.html' "export run --out full.pt" \
  "${train[*]} --out full_training"; do
  # shellcheck disable=SC2086 # words of a command line
  refuse 1 "cannot write '[^']*': File too large" limited 2 $command
done
refuse 1 "cannot write 'full.jsonl': File too large; the same command continues" \
  limited 2 score "${net[@]}" --proxy wrcor --all --shard 1/100 --out full.jsonl
expect_exit 0 limited 1 --version
to_limited_file() { (ulimit -f 1 && "$wrcor_program" config schema >short); }
refuse 1 'cannot write to standard output: File too large' to_limited_file
expect_equal "$(find . -name 'full.html' -o -name 'full.pt' -o -path './kept' -prune -o -name '*.partial.*' -print | grep -v linked)" ''

# --- the reader closes the pipe: silence
for command in "score ${net[*]} --all --proxy params --quiet" '--help' 'list' "describe --all" 'config schema'; do
  status=0
  # shellcheck disable=SC2086 # words of a command line
  "$wrcor_program" $command 2>"$stderr_file" | head -n 1 >/dev/null || status=$?
  case $status in 0 | 141) ;; *) fail "'$command' exited $status" ;; esac
  expect_equal "$(<"$stderr_file")" ''
done

# --- refused commands leave no folder
mkdir empty
cd empty
refuse 3 'no CIFAR-10' wrcor search --data cifar10 --data-root . --out a/b/c
refuse 3 'no CIFAR-10' wrcor search --data cifar10 --data-root .
refuse 4 'no architecture' wrcor search "${net[@]}" --min-params 999999999 --out a/b
refuse 4 'no architecture' wrcor search "${net[@]}" --min-params 999999999
refuse 2 'holds no training' wrcor train --resume --out a/b
refuse 1 'diverged|No such file|cannot' wrcor score "${net[@]}" --arch "$cell" --out a/b/scores
expect_equal "$(find .)" .
cd ..

# --- time is up: evaluations that no worker has started are dropped, and a resumed run ends the same way
long=(search "${net[@]}" --proxy wrcor --strategy random --budget 100000 --window 1000000 --workers 1 --quiet)
SECONDS=0
expect_exit 0 wrcor "${long[@]}" --max-seconds 0.5 --out timed
[ "$SECONDS" -lt 30 ] || fail "half a second took $SECONDS"
expect_contains "$(<timed/result.json)" '"ended_by": "max_seconds"'
cp -r timed again
expect_exit 0 wrcor search --resume --max-seconds 0.001 --out again --quiet
expect_equal "$(without_timing again | grep -v max_seconds)" "$(without_timing timed | grep -v max_seconds)"

# --- a clock that stands still, as in some virtual machines: the files can be continued
standing() { FAULT_CLOCK=stands LD_PRELOAD=$fault_shim timeout -k 1 "${patience:-120}" "$wrcor_program" "$@"; }
# A library of libtorch (UCX, in some systems) waits for the clock before the program starts.
if ! patience=20 standing export "$cell" --format python >/dev/null 2>&1; then
  echo 'skipped: a clock that stands still: the libraries of this libtorch wait for it, or there is no shim' >&2
else
  expect_exit 0 standing "${train[@]}" --out standing
  expect_contains "$(<standing/metrics.jsonl)" '"images_per_second":0.0}'
  expect_exit 0 wrcor train --resume --out standing --quiet
  expect_same_result standing trained
fi

# --- signals that were ignored at the start stay ignored
# shellcheck disable=SC2016 # of the inner shell
expect_exit 0 bash -c 'trap "" INT TERM
  "$@" --out deaf & pid=$!
  until [ -s deaf/journal.jsonl ]; do kill -0 "$pid" || exit 9; sleep 0.02; done
  kill -INT "$pid"; kill -TERM "$pid"; wait "$pid"' - "$wrcor_program" "${endless[@]}" --budget 30 --workers 1
expect_file deaf/result.json

# --- other kernels of the same processor are reported
if [ "$(uname -m)" = x86_64 ]; then
  cp -r run elsewhere
  export ATEN_CPU_CAPABILITY=default
  expect_exit 0 wrcor search --resume --out elsewhere
  unset ATEN_CPU_CAPABILITY
  expect_matches "$stderr" "warning: 'elsewhere' was started with kernels \"[^\"]*\", now \"[^\"]*\": new scores may differ"
fi

# --- folders without search permission; root has it, unless that capability is removed
mkdir closed
chmod 000 closed
if [ "$(id -u)" -eq 0 ]; then
  obeying() { setpriv --bounding-set=-dac_override,-dac_read_search "$@"; }
else
  obeying() { "$@"; }
fi
if obeying true 2>/dev/null && ! obeying ls closed >/dev/null 2>&1; then
  chmod 755 closed
  cp -r run closed/run
  cp -r run shut
  chmod 000 closed shut
  for folder in closed/run shut; do
    for command in "describe $folder" "describe $folder#2" "export $folder --format python" "report $folder --out page2.html" \
      "train $folder --out none" "train --resume --out $folder" "search --resume --out $folder" \
      "evaluate --benchmark $table --metric acc --scores $folder"; do
      # shellcheck disable=SC2086 # words of a command line
      refuse 3 "cannot read '${folder}[^']*': Permission denied" obeying "$wrcor_program" $command
    done
  done
  chmod 755 closed shut
else
  echo 'skipped: whoever runs this test may look into every folder' >&2
fi

#!/usr/bin/env bash
# Interrupted searches: the message, the kept data, and the resumed run, which ends as if nothing had happened.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

run=(search --channels 8 --cells 1 --batch-size 32 --repeats 2 --population 20 --tournament 5 --proxy 'wrcor,rcor' --quiet)
search=("${run[@]}" --budget 80)

# By default a background job of a script ignores SIGINT.
set -m

# start DIR ARGS...: a search in the background, on one worker, so that it is not over before something happens to it;
# its process is $pid.
start() {
  local out=$1
  shift
  "$wrcor_program" "$@" --workers 1 --out "$out" </dev/null >"$scratch_dir/background" 2>"$scratch_dir/messages" &
  pid=$!
}

# seal RUN: gives the lines of its journal correct checks.
seal() {
  local body check=''
  sed -E 's/^\{"check":"[0-9a-f]{16}",/{/' "$1/journal.jsonl" >"$scratch_dir/bodies"
  while IFS= read -r body; do
    check=$(printf %s "$check$body" | sha256sum | cut -c1-16)
    printf '{"check":"%s",%s\n' "$check" "${body#\{}"
  done <"$scratch_dir/bodies" >"$1/journal.jsonl"
}

# expect_unfinished DIR: a journal of whole lines, no result.
expect_unfinished() {
  [ ! -e "$1/result.json" ] || fail "'$1' is finished"
  expect_equal "$(tail -c 1 "$1/journal.jsonl" | od -An -tx1 | tr -d ' ')" 0a
  expect_equal "$(grep -cvE '^\{"check":"[0-9a-f]{16}",.*\}$' "$1/journal.jsonl" || true)" 0
}

expect_exit 0 wrcor "${search[@]}" --out whole
table=$stdout

# --- SIGINT and SIGTERM: the message has a command that continues
for case in INT:130 TERM:143; do
  start "my run's ${case%:*}" "${search[@]}"
  folder="my run's ${case%:*}"
  wait_for_lines "$folder/journal.jsonl" 10 "$pid"
  kill "-${case%:*}" "$pid"
  expect_end "${case#*:}" "$pid"
  expect_equal "$(<"$scratch_dir/background")" ''
  expect_unfinished "$folder"
  messages=$(<"$scratch_dir/messages")
  expect_equal "$(grep -c . <<<"$messages")" 1
  expect_matches "$messages" '^error: interrupted.*journal.*; resume with: wrcor search --resume --out '
  lines=$(wc -l <"$folder/journal.jsonl")
  eval "expect_exit 0 ${messages#*resume with: } --quiet"
  expect_equal "$stdout" "$table"
  expect_same_result "$folder" whole
  [ "$(wc -l <"$folder/journal.jsonl")" -gt "$lines" ] || fail 'the resumed run did not go on with the journal'
  # Nothing was evaluated twice.
  expect_equal "$(grep -oE '"arch":"[^"]*"' "$folder/journal.jsonl" | sort | uniq -d)" ''
done

# --- the second SIGINT does not wait for evaluations that take seconds
start slow search "${small[@]}" --repeats 1000 --budget 3 --quiet
wait_for_lines slow/journal.jsonl 1 "$pid"
sleep 0.3
kill -INT "$pid"
sleep 0.3
kill -0 "$pid" || fail 'the first SIGINT did not wait for the evaluation'
started=${EPOCHREALTIME/./}
kill -INT "$pid"
expect_end 130 "$pid"
[ $((${EPOCHREALTIME/./} - started)) -lt 1000000 ] || fail 'the second SIGINT waited'
expect_unfinished slow

# --- kill -9 at any moment, again and again
start killed "${search[@]}"
wait_for_lines killed/journal.jsonl 2 "$pid"
kill -KILL "$pid"
expect_end 137 "$pid"
[ ! -e killed/result.json ] || fail 'the search was over before it was killed'
for _ in 1 2 3; do
  delay=0.$((RANDOM % 6 + 2))$((RANDOM % 10))
  start killed "${search[@]}" --resume
  sleep "$delay"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
done
# A torn line, as after a power cut.
printf '{"check":"0123456789abcdef","arch":"|no' >>killed/journal.jsonl
expect_exit 0 wrcor search --resume --out killed
expect_contains "$stderr" 'the last line is incomplete and is dropped'
expect_equal "$stdout" "$table"
expect_same_result killed whole

# Killed before it started: nothing to resume, and nothing blocks a new run.
mkdir begun
cp whole/config.json begun
: >begun/journal.jsonl
expect_exit 2 wrcor search --resume --out begun
expect_contains "$stderr" 'holds no run to resume'
expect_exit 0 wrcor "${search[@]}" --out begun
expect_same_result begun whole

# --- a folder that holds a run is not overwritten
before=$(cat whole/* | cksum)
expect_exit 2 wrcor "${search[@]}" --out whole
expect_contains "$stderr" "'whole' holds a run; continue it with --resume"
cp -r whole unfinished
rm unfinished/result.json
expect_exit 2 wrcor "${search[@]}" --seed 1 --out unfinished
expect_equal "$(cat whole/* | cksum)" "$before"
[ ! -e unfinished/result.json ] || fail 'a refused search wrote a result'

# --- other settings are refused by name
refused() {
  local name=$1
  shift
  expect_exit 2 wrcor search --resume --out whole --quiet "$@"
  expect_contains "$stderr" "'whole' holds another run"
  expect_contains "$stderr" "$name: the run has"
  expect_equal "$(cat whole/* | cksum)" "$before"
}
refused "run.seed (--seed)" --seed 9
refused "search.population (--population)" --population 21
refused "score.proxies (--proxy)" --proxy rcor,wrcor
refused batch.size --batch-size 17
refused "space.channels (--channels)" --channels 4
# By its present name, whatever the journal calls it.
refused "run.networks_per_batch (--networks-per-batch)" --networks-per-batch 3

# --- a budget may grow: the same result as with the larger budget from the start
expect_exit 0 wrcor "${run[@]}" --budget 40 --out grown
cmp -s <(without_timing grown) <(without_timing whole) && fail 'the budget changes nothing'
expect_exit 0 wrcor search --resume --budget 80 --out grown --workers 4
expect_matches "$stderr" 'resuming .*: [0-9]+ evaluations are known'
expect_same_result grown whole
# A finished run that is resumed stays as it is, without evaluating anything.
expect_exit 0 wrcor search --resume --out grown
expect_same_result grown whole
expect_contains "$(<grown/result.json)" '"evaluated": 0,'

# --- a run that time ended, with a failed evaluation: a retry loses nothing
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --strategy random --dedupe exact --budget 30 --out timed
entry=$(sed -n 12p timed/journal.jsonl)
body=$(sed -E 's/^\{"check":"[^"]*",/{/; s/"status":"ok","scores":\{"wrcor":[^}]*\}/"status":"failed","reason":"out_of_memory","scores":{"wrcor":null},"raw":{"wrcor":"nan"}/' <<<"$entry")
expect_contains "$body" '"failed"'
printf '{"check":"0123456789abcdef",%s\n' "${body#\{}" >failure
sed -i -e '12r failure' -e 12d timed/journal.jsonl
seal timed
expect_exit 0 wrcor search --resume --max-seconds 0.001 --budget 3000 --out timed
expect_contains "$stderr" 'info: stopped by --max-seconds after 30 proposals'
expect_contains "$stderr" 'warning: 1 of 30 architectures could not be evaluated; to try them again: wrcor search --resume --out timed --max-seconds '
expect_contains "$(<timed/result.json)" '"distinct": 30,'
eval "expect_exit 0 ${stderr#*to try them again: } --budget 30"
expect_contains "$(<timed/result.json)" '"ok": 30,'

# --- a disk that becomes full, here by a limit on the size of files
limited() {
  (
    ulimit -f 8
    wrcor "$@"
  )
}
expect_exit 1 limited "${search[@]}" --out full
expect_matches "$stderr" "^error: cannot write 'full/journal.jsonl': .*; resume with: wrcor search --resume --out full$"
expect_unfinished full
expect_exit 0 wrcor search --resume --out full
expect_same_result full whole

# --- an empty config.json is damage, not a run of default settings
cp -r full emptied
: >emptied/config.json
unchecked emptied/config.json
refuse 3 "'emptied/config.json' is empty; restore it from a copy" wrcor search --resume --out emptied

# --- a run is the same wherever it is continued
mkdir sibling
cp "$source_dir/tests/golden/nb201_small/batch.pt" .
mkdir -p photos/{a..j}  # the classes
placed=(search --channels 4 --cells 1 --batch batch.pt --data folder --data-root photos --budget 4 --quiet)
expect_exit 0 wrcor "${placed[@]}" --out placed
expect_contains "$(<placed/config.json)" "\"batch_file\": \"$PWD/batch.pt\""
expect_contains "$(<placed/config.json)" "\"root\": \"$PWD/photos\""
expect_lacks "$(<placed/result.json)" "$PWD"
expect_contains "$(<placed/result.json)" '"batch_file": "batch.pt"'
in_sibling() { (cd sibling && wrcor search "$@" --quiet); }
expect_exit 0 in_sibling --config ../placed/config.json --out again
expect_same_result sibling/again placed
cp -r placed moved
rm moved/result.json
expect_exit 0 in_sibling --resume --out ../moved
expect_same_result moved placed

# --- another processor or BLAS is reported, and so are other kernels of the same ones
# with_header RUN SED: the run with an edited header, its journal sealed again.
with_header() {
  sed -i -E "1{$2}" "$1/journal.jsonl"
  seal "$1"
}
expect_exit 0 wrcor search --resume --out moved
expect_lacks "$stderr" 'was started with'
with_header moved 's/"processor":"[^"]*"/"processor":"Abacus"/'
expect_exit 0 wrcor search --resume --out moved
expect_matches "$stderr" "warning: 'moved' was started with processor \"Abacus\", now \"[^\"]*\": new scores may differ"
with_header moved 's/"processor":"[^"]*",//; s/"blas":"[^"]*",//'
expect_exit 0 wrcor search --resume --out moved
expect_lacks "$stderr" 'was started with'
with_header moved 's/"kernels":"[^"]*"/"kernels":"MMX"/'
expect_exit 0 wrcor search --resume --out moved
expect_matches "$stderr" "warning: 'moved' was started with kernels \"MMX\", now \"[^\"]*\": new scores may differ"

# --- damage within a journal is not repaired silently
unchecked unfinished/journal.jsonl
sed '3s/"ok"/"no"/' whole/journal.jsonl >unfinished/journal.jsonl
expect_exit 3 wrcor search --resume --out unfinished --quiet
expect_contains "$stderr" 'unfinished/journal.jsonl:3: expected a journal line, found damage at byte '

# --- two processes do not share a folder
set +m # under which a process that is stopped counts as ended
start shared "${search[@]}"
wait_for_lines shared/journal.jsonl 5 "$pid"
kill -STOP "$pid"
holder="'shared' is being written by process $pid on '[^']*' since 20[0-9T:-]*Z; wait for it to end, or choose another --out"
refuse 2 "$holder" wrcor search --resume --out shared
refuse 2 "$holder" wrcor "${search[@]}" --out shared
kill -CONT "$pid"
expect_end 0 "$pid"
expect_same_result shared whole
[ ! -e shared/lock ] || fail 'the lock is left behind'
# The lock of a killed process does not block others.
printf '{"host":"elsewhere","pid":1,"since":"2026-01-01T00:00:00Z"}\n' >shared/lock
expect_exit 0 wrcor search --resume --out shared --quiet
[ ! -e shared/lock ] || fail 'the stale lock is left behind'

# --- neither do they share a file of scores
score=(score "${small[@]}" --all --shard 1/200 --out scores)
start_scoring() {
  "$wrcor_program" "${score[@]}" --workers 1 --repeats 20 --quiet </dev/null &
  pid=$!
}
start_scoring
wait_for_lines scores 5 "$pid"
kill -STOP "$pid"
refuse 2 "'scores' is being written by process $pid on " wrcor "${score[@]}" --repeats 20
kill -CONT "$pid"
expect_end 0 "$pid"
[ ! -e scores.lock ] || fail 'the lock is left behind'

# --- messages and progress that cannot be written do not end a run
if [ -c /dev/full ]; then
  expect_exit 0 bash -c '"$@" 2>/dev/full' - "$wrcor_program" "${search[@]/--quiet/--verbose}" --log-file /dev/full --out unheard
  expect_equal "$stdout" "$table"
  expect_exit 0 wrcor "${search[@]}" --log-file /dev/full --out unlogged
  expect_matches "$stderr" 'warning: messages are lost: .*No space left on device'
fi

# --- variables that would change a run: named, as its own settings count
expect_exit 0 wrcor search "${small[@]}" --budget 4 --seed 3 --out kept_settings
WRCOR_RUN_SEED=4 WRCOR_SEARCH_BUDGTE=9 \
  expect_exit 0 wrcor search --resume --out kept_settings
expect_matches "$stderr" 'warning: WRCOR_RUN_SEED, WRCOR_SEARCH_BUDGTE are not read: a run goes on with the settings in kept_settings/config.json'
WRCOR_RUN_SEED=3 expect_exit 0 wrcor search --resume --out kept_settings
expect_lacks "$stderr" 'not read'

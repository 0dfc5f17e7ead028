#!/usr/bin/env bash
# A program that trains networks asks for architectures and tells their fitness; kills, mistakes, and what comes of it.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

settings=(--budget 12 --window 4 --seed 3 --channels 4 --cells 1)

# train: a stand-in for a training; a line of outcome for each line of trial. Some fail.
train() {
  local line id params
  while IFS= read -r line; do
    id=$(sed -E 's/.*"id":([0-9]+).*/\1/' <<<"$line")
    params=$(sed -E 's/.*"params":([0-9]+).*/\1/' <<<"$line")
    if [ $((id % 5)) -eq 4 ]; then
      printf '{"id": %d, "failed": "diverged"}\n' "$id"
    else
      printf '{"id": %d, "fitness": 0.%d}\n' "$id" "$params"
    fi
  done
}

# finish RUN N [SORT...]: asks N at a time and tells, until the search has ended.
finish() {
  local run=$1 n=$2 trials
  shift 2
  while trials=$(wrcor ask "$run" --n "$n" --quiet) && [ -n "$trials" ]; do
    train <<<"$trials" | "${@:-cat}" | wrcor tell "$run" --quiet
  done
}

# --- a whole run: ids, costs, an end
expect_exit 0 wrcor ask run --n 3 "${settings[@]}"
expect_equal "$(grep -c . <<<"$stdout")" 3
expect_matches "$stdout" '^\{"id":0,"arch":"\|[^"]*\|","params":[0-9]+,"flops":[0-9]+\}'
first=$stdout
expect_exit 0 wrcor ask run --n 3
expect_equal "$stdout" "$first"
expect_exit 0 wrcor ask run --n 9 --new
expect_contains "$stderr" 'info: nothing more can be proposed yet: the outcomes of 4 trials are awaited'
finish run 1
expect_exit 0 wrcor ask run --n 3
expect_equal "$stdout" ''
expect_matches "$stderr" 'the search has ended \(budget\): 12 proposals led to [0-9]+ trials, all have an outcome'
expect_contains "$(<run/result.json)" '"rank_by": "+fitness"'
expect_contains "$(<run/result.json)" '"ended_by": "budget"'

# --- neither the number asked for nor the order of outcomes matters
expect_exit 0 wrcor ask other --n 4 "${settings[@]}"
finish other 4 tac
expect_same_result run other
# A larger budget continues.
expect_exit 0 wrcor ask other --n 1 --budget 20
expect_matches "$stdout" '^\{"id":'

# --- every command that reads results
expect_exit 0 wrcor report run --out run.html
expect_file run.html
expect_exit 0 wrcor describe run
expect_exit 0 wrcor compare run other --ignore-settings --tolerance 1
expect_exit 2 wrcor compare run other
expect_contains "$stderr" 'does not state the settings of its scores'
expect_exit 0 wrcor export run --format python --quiet
expect_exit 0 wrcor export run --format optuna-journal --out study.log --quiet
expect_contains "$(<study.log)" 'fitness'
expect_exit 0 wrcor describe "$(<run/best.txt)"
expect_equal "$(head -n 1 run/ranking.csv)" 'rank,fitness,params,flops,arch,status,settings,schema_version'
expect_exit 0 wrcor evaluate --scores run --benchmark run/ranking.csv --metric params --bootstrap 0
refuse 2 'wrcor ask and wrcor tell' wrcor merge run other --out merged

# --- killed before any of its writes, by a half of one, with the machine, or out of disk: nothing acknowledged is lost
calls=0
killed() { FAULT_KIND=$kind FAULT_AT=$calls FAULT_ROOT=$PWD LD_PRELOAD=$fault_shim "$wrcor_program" "$@"; }
for kind in torn power ENOSPC; do
  for calls in $(seq 1 60); do
    rm -rf hit
    killed ask hit --n 3 "${settings[@]}" --quiet >asked 2>/dev/null || true
    wrcor ask hit --n 3 "${settings[@]}" --quiet >again
    [ ! -s asked ] || expect_same_file asked again
    printf '%s\n' "$first" | expect_same_file again /dev/stdin
    status=0
    train <again | killed tell hit --quiet 2>/dev/null || status=$?
    if [ "$status" -eq 0 ]; then expect_equal "$(grep -c '"told"' hit/journal.jsonl)" 1; fi
    train <again | wrcor tell hit --quiet
    [ "$status" -ne 0 ] || break
  done
  [ "$status" -eq 0 ] || fail "a call was never done in $calls writes"
  finish hit 2
  expect_same_result run hit
done
expect_matches "$calls" '^[1-9]'

# --- several programs at once: each trial is new to one of them
for worker in 1 2 3 4; do wrcor ask shared --n 2 --new --budget 40 --window 16 --quiet >"asked.$worker" & done
wait
cat asked.[1-4] | grep -o '"id":[0-9]*' | sort -u >ids
expect_equal "$(grep -c . ids)" 8
for worker in 1 2 3 4; do train <"asked.$worker" | wrcor tell shared --quiet & done
wait
expect_contains "$(<shared/result.json)" '"awaited": 0'

# --- mistakes
tell() { printf '%s\n' "$2" | wrcor tell "$1"; }
expect_exit 0 wrcor ask fresh --n 3 "${settings[@]}" --quiet
refuse 3 'standard input:1: expected .*, found' tell fresh '{"id": 0}'
refuse 3 'standard input:1: .*a training without a finite fitness is' tell fresh '{"id": 0, "fitness": NaN}'
refuse 2 'trial 3 was not asked for: expected an id below 3' tell fresh '{"id": 3, "fitness": 1}'
refuse 2 'trial 0 has the outcome' tell fresh '{"id": 0, "fitness": 1}
{"id": 0, "fitness": 2}'
refuse 2 'no outcome given: expected lines such as .* in standard input' tell fresh ''
expect_exit 0 tell fresh '{"id": 0, "fitness": 1}'
expect_contains "$stderr" '1 outcome recorded, 2 awaited'
expect_exit 0 tell fresh '{"id": 0, "fitness": 1}
{"id": 1, "fitness": 2}'
expect_contains "$stderr" '1 outcome recorded, the others were known, 1 awaited'
touch a_file
refuse 2 "'a_file' is not a folder" wrcor ask a_file
refuse 2 'holds no trials; ask for some with wrcor ask' tell nowhere '{"id": 0, "fitness": 1}'
refuse 3 'outcomes.jsonl' wrcor tell fresh --file outcomes.jsonl
refuse 2 'fresh. holds other trials \(search.strategy \(--strategy\): the run has' wrcor ask fresh --strategy random
refuse 2 '' wrcor ask fresh --n 0
refuse 4 '' wrcor ask none --max-params 1 "${settings[@]}"
[ ! -e none ] || fail 'a run without trials left a folder'

# --- a refused budget is not recorded; neither a file without one nor a question resets it
expect_exit 0 wrcor ask longer --n 4 "${settings[@]}" --quiet
refuse 2 '--budget: .longer. has 4 trials' wrcor ask longer --budget 2
expect_contains "$(<longer/config.json)" '"budget": 12'
expect_exit 0 tell longer '{"id": 0, "fitness": 0.5}'
expect_exit 0 wrcor ask longer --budget 20 --quiet
printf 'search: {window: 4}\nspace: {channels: 4, cells: 1}\nrun: {seed: 3}\n' >settings.yaml
expect_exit 0 wrcor ask longer --config settings.yaml --quiet
expect_contains "$(<longer/config.json)" '"budget": 20'
printf 'search: {window: 4, budget: 30}\nspace: {channels: 4, cells: 1}\nrun: {seed: 3}\n' >settings.yaml
expect_exit 0 wrcor ask longer --config settings.yaml --quiet
expect_contains "$(<longer/config.json)" '"budget": 30'
expect_exit 0 wrcor ask longer --config settings.yaml --budget 40 --quiet
expect_contains "$(<longer/config.json)" '"budget": 40'

# --- what is awaited can be asked for without a new trial
expect_exit 0 wrcor ask several --n 2 --new "${settings[@]}" --quiet
both=$stdout
cp several/journal.jsonl before.jsonl
unchecked before.jsonl
expect_exit 0 wrcor ask several --awaited --n 9
expect_equal "$stdout" "$both"
expect_exit 0 tell several '{"id": 0, "fitness": 0.5}'
expect_contains "$(<several/result.json)" '"asked": 2'
expect_exit 0 tell several '{"id": 1, "fitness": 0.5}'
expect_exit 0 wrcor ask several --awaited
expect_equal "$stdout" ''
expect_equal "$(grep -c '"asked"' several/journal.jsonl)" "$(grep -c '"asked"' before.jsonl)"
refuse 2 'nowhere. holds no trials yet; ask without --awaited' wrcor ask nowhere --awaited
refuse 2 '--new excludes --awaited' wrcor ask several --awaited --new

# --- a program may tell while it still reads the trials: more of them than a pipe holds
wrcor ask many --n 1000 --strategy random --budget 1000 --channels 4 --cells 1 --quiet | {
  read -r line
  train <<<"$line" | timeout 30 "$wrcor_program" tell many --quiet || fail 'the folder is kept while trials are printed'
  cat >/dev/null
}

# --- a search and trials keep out of each other's folders
expect_exit 0 wrcor search --strategy random --budget 2 --proxy params "${small[@]}" --quiet --out searched
refuse 2 'is of a search, which scores architectures itself' wrcor ask searched
refuse 2 'holds a run' wrcor search --budget 2 --quiet --out fresh
refuse 2 'wrcor ask and wrcor tell' wrcor search --resume --quiet --out fresh

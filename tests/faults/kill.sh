#!/usr/bin/env bash
# kill -9 at random moments of real runs, over and over, each run resumed to its end: the results are those of runs that
# were never stopped, byte for byte. FAULT_SEED repeats the moments of an earlier test, as far as timing allows.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

seed=${FAULT_SEED:-$RANDOM}
RANDOM=$seed
echo "FAULT_SEED=$seed"

kills=0 before=0 during=0 after=0 missed=0 resumes=0 differences=0
work=(--channels 4 --cells 1 --batch-size 16 --proxy 'wrcor,acor' --repeats 10 --quiet)

# start ARGS...: the program in the background; its process is $pid.
start() {
  "$wrcor_program" "$@" "${work[@]}" --workers "$workers" </dev/null >/dev/null 2>"$scratch_dir/messages" &
  pid=$!
}

# lines FILE: its number of lines, as $count; without a process, so that kills are prompt.
lines() {
  local text=()
  if [ -e "$1" ]; then mapfile -t text <"$1"; fi
  count=${#text[@]}
}

# kill_at MOMENT FILE ALL: kills $pid at its start, between two of its lines, or after the last; records which.
kill_at() {
  local moment=$1 file=$2 all=$3 target=0 status=0
  case $moment in
    start) sleep "0.$((RANDOM % 6))$((RANDOM % 10))" ;;
    between) target=$((1 + RANDOM % (all - 1))) ;;
    end) target=$all ;;
  esac
  lines "$file"
  while [ "$count" -lt "$target" ] && kill -0 "$pid" 2>/dev/null; do
    sleep 0.003
    lines "$file"
  done
  if [ "$moment" = between ]; then sleep "0.0$((RANDOM % 5))"; fi
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  if [ "$status" -ne 137 ]; then
    [ "$status" -eq 0 ] || fail "a run ended by itself with exit $status: $(<"$scratch_dir/messages")"
    missed=$((missed + 1))
    return
  fi
  kills=$((kills + 1))
  lines "$file"
  if [ "$count" -le 1 ]; then
    before=$((before + 1))
  elif [ "$count" -lt "$all" ]; then
    during=$((during + 1))
  else
    after=$((after + 1))
  fi
}

# compare MINE EXPECTED WHAT
compare() {
  resumes=$((resumes + 1))
  cmp -s -- "$1" "$2" && return
  differences=$((differences + 1))
  printf 'DIFFERENT: %s:\n%s\n' "$3" "$(diff -- "$1" "$2" | head -n 10)" >&2
}

# torment_search STRATEGY
torment_search() {
  local run="$1-$workers" all round moment
  local new=(search --strategy "$1" --budget 20 --seed 5)
  if [ "$1" = evolution ]; then new+=(--population 6 --tournament 2); fi
  "$wrcor_program" "${new[@]}" "${work[@]}" --workers "$workers" --out "$run" >/dev/null
  all=$(wc -l <"$run/journal.jsonl")
  without_timing "$run" >"$run.expected"
  for round in 1 2; do
    rm -rf "$run"
    for moment in start between between end; do
      if [ -s "$run/journal.jsonl" ]; then
        start search --resume --out "$run"
      else
        start "${new[@]}" --out "$run"
      fi
      kill_at "$moment" "$run/journal.jsonl" "$all"
    done
    expect_exit 0 wrcor search --resume --out "$run" --quiet
    without_timing "$run" >"$run.found"
    compare "$run.found" "$run.expected" "search by $1, $workers workers, round $round"
    expect_equal "$(find "$run" -name '*.partial.*' -o -name lock)" ''
  done
}

# torment_score FORMAT
torment_score() {
  local file="scores-$1-$workers" all round moment
  local command=(score --all --shard 1/1042 --seed 5 --format "$1" --out "$file")
  "$wrcor_program" "${command[@]}" "${work[@]}" --workers "$workers"
  all=$(wc -l <"$file")
  for round in 1 2; do
    mv "$file" "$file.expected"
    for moment in start between end; do
      start "${command[@]}"
      kill_at "$moment" "$file" "$all"
    done
    expect_exit 0 wrcor "${command[@]}" "${work[@]}" --workers "$workers"
    compare "$file" "$file.expected" "score as $1, $workers workers, round $round"
    [ ! -e "$file.lock" ] || fail "$file.lock is left behind"
  done
}

for workers in 1 2; do
  for strategy in random evolution exhaustive; do torment_search "$strategy"; done
  for format in jsonl csv; do torment_score "$format"; done
done

echo "kills $kills ($before before the first evaluation was kept, $during between, $after after the last), \
$missed came too late; resumes $resumes; differences $differences"
[ "$kills" -ge 50 ] || fail "only $kills kills hit a running process"
[ "$during" -ge 10 ] || fail "only $during kills hit between evaluations"
[ "$differences" -eq 0 ] || fail "$differences results differ"

#!/usr/bin/env bash
# Memory: the same after many evaluations as after few; the handling of too little memory.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# peak_of ARGS...: the program's peak size in KiB.
peak_of() {
  expect_exit 0 wrcor "$@" --verbose
  expect_matches "$stderr" 'peak memory: ([0-9]+)\.([0-9]) MiB'
  peak=$((BASH_REMATCH[1] * 1024 + BASH_REMATCH[2] * 1024 / 10))
}

# --- constant
# expect_flat WHAT FEW MANY
expect_flat() {
  echo "$1: $2 KiB after few evaluations, $3 KiB after many"
  [ $(($3 * 100)) -le $(($2 * 105)) ] || fail "$1: $2 KiB after few evaluations, $3 KiB after many"
}
many=1500
search=(search "${small[@]}" --strategy exhaustive --dedupe exact --workers 2)
peak_of "${search[@]}" --budget 200 --out few
few=$peak
peak_of "${search[@]}" --budget $many --out many
expect_flat search "$few" "$peak"
sed -nE 's/^      "arch": "(.*)",/\1/p' many/result.json >cells.txt
expect_equal "$(wc -l <cells.txt)" $many
score=(score "${small[@]}" --proxy auto --workers 2)
peak_of "${score[@]}" --arch-file <(head -n 200 cells.txt) --out few.jsonl
few=$peak
peak_of "${score[@]}" --arch-file cells.txt --out many.jsonl
expect_flat score "$few" "$peak"

# --- too little: networks that fit are scored, others fail with the size of their request and are retried on resume
light='|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|'
heavy='|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|'
large=(--channels 16 --cells 1 --batch-size 256 --proxy wrcor --workers 1)

# address_space ARCH: peak address space of the program while it scores it, in KiB.
address_space() {
  local size pid
  "$wrcor_program" score "${large[@]}" --arch "$1" --quiet >scored &
  pid=$!
  most=0
  while kill -0 "$pid" 2>/dev/null; do
    size=$(sed -nE 's/^VmPeak:[[:space:]]*([0-9]+) kB/\1/p' "/proc/$pid/status" 2>/dev/null || true)
    [ "${size:-0}" -le "$most" ] || most=$size
    sleep 0.01
  done
  wait "$pid"
}
[ -r /proc/self/status ] || skip 'no /proc'
address_space "$light"
least=$most
light_score=$(<scored)
address_space "$heavy"
((most - least > 100000)) || fail "the heavy network takes $most KiB, the light one $least"
limited() {
  (
    ulimit -v "$limit"
    wrcor "$@"
  )
}
limit=$((least + 10000))
printf '%s\n' "$light" "$heavy" >cells.txt
expect_exit 0 limited score "${large[@]}" --arch-file cells.txt
expect_equal "$(head -n 1 "$stdout_file")" "$light_score"
expect_matches "$(tail -n 1 "$stdout_file")" '"status":"failed","reason":"out_of_memory","wanted_bytes":[0-9]+,'
expect_contains "$stderr" "warning: cannot evaluate $heavy: out of memory, a request for "
expect_contains "$stderr" 'warning: 1 of 2 architectures could not be evaluated'

# If all fail, the command fails.
expect_exit 1 limited score "${large[@]}" --arch "$heavy" --quiet
expect_contains "$stdout" '"status":"failed"'
expect_equal "$stderr" 'error: the architecture could not be evaluated'
# A file keeps the successful evaluations; the same command retries the others.
scoring=(score "${large[@]}" --arch-file cells.txt --out scores.jsonl)
for _ in 1 2; do
  expect_exit 0 limited "${scoring[@]}"
  expect_contains "$stderr" 'warning: 1 of 2 architectures could not be evaluated; the same command tries them again'
  expect_equal "$(wc -l <scores.jsonl)" 1
done
expect_exit 0 wrcor "${scoring[@]}"
expect_contains "$stderr" "'scores.jsonl' holds 1 of 2 architectures already"
expect_matches "$(tail -n 1 scores.jsonl)" '"status":"ok"'
printf '%s\n' "$heavy" >heavy.txt
refuse 1 "the architecture could not be evaluated; the same command continues 'heavy.jsonl'" \
  limited score "${large[@]}" --arch-file heavy.txt --out heavy.jsonl --quiet
[ ! -s heavy.jsonl ] || fail 'a failure was kept'
# Printed scores may include failures: evaluate skips them.
expect_exit 0 limited score "${large[@]}" --arch-file cells.txt --quiet
cp "$stdout_file" printed.jsonl
printf 'arch,acc\n%s,1\n%s,2\n' "$light" "$heavy" >table.csv
expect_exit 0 wrcor evaluate --scores printed.jsonl --benchmark table.csv --metric acc --bootstrap 0 --format csv
expect_contains "$stderr" 'warning: 1 scored architecture with the status failed is left out'
expect_matches "$stdout" $'\nwrcor,proxy,acc,1,'

# However little memory it has, the program ends by itself: with scores, with failed networks, or with one line.
# score_within LIMIT: its exit code, with an address space of this many KiB.
score_within() {
  local code=0
  (
    ulimit -v "$1"
    exec timeout -s KILL 300 "$wrcor_program" score --channels 64 --cells 2 --batch-size 64 --workers 1 --quiet \
      --arch "$light" --arch "$heavy"
  ) >scored 2>errors || code=$?
  echo "$code"
}
for limit in 100000 400000 700000 750000 850000 900000 930000 950000 960000 970000 1000000; do
  if ! (ulimit -v $limit && exec timeout -s KILL 60 "$wrcor_program" score --help >scored 2>errors); then
    # The libraries alone are larger.
    expect_matches "$(<errors)" "^error: cannot load libtorch with $limit KiB of memory, .*: raise it\$"
    expect_equal "$(wc -l <errors)" 1
    continue
  fi
  status=$(score_within "$limit")
  echo "limit $limit KiB: status $status, $(wc -l <scored) scores, $(head -n 1 errors)"
  case $status in
    0) expect_equal "$(wc -l <scored)" 2 ;;
    1) expect_matches "$(<errors)" '^error: ' ;;
    *) fail "status $status under a limit of $limit KiB: $(<errors)" ;;
  esac
done

# A search continues with the networks that fit, and a resumed one retries the others.
search=(search "${large[@]}" --strategy random --budget 5 --seed 6)
expect_exit 0 wrcor "${search[@]}" --out enough
expect_exit 0 wrcor "${search[@]}" --max-memory 110 --out short
expect_matches "$stderr" \
  'warning: [1-4] of 5 architectures could not be evaluated; to try them again: wrcor search --resume --out short --max-memory 220'
expect_contains "$(<short/result.json)" '"wanted_bytes": '
expect_exit 0 wrcor search --resume --out short --max-memory 3000
expect_same_result short enough

# An export that does not fit. Source has no weights, and so draws none.
limit=$((least + 200000))
vast=(export "$heavy" --channels 512 --cells 1)
expect_exit 0 limited "${vast[@]}" --format python
refuse 1 "out of memory while 'wrcor export' ran; free some" limited "${vast[@]}" --format weights --out vast.pt
[ ! -e vast.pt ] || fail 'an export that did not fit left a file behind'

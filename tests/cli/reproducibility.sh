#!/usr/bin/env bash
# A seed fixes everything: the same bytes on any number of workers, from any folder, and after a kill, for every
# strategy and every way to score; nearly the same scores with other kernels.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# entries RUN: the entries of the journal, without their times.
entries() { sed -E 's/^\{"check":"[0-9a-f]+",/{/; s/,"elapsed":[^,}]*\}$/}/' "$1/journal.jsonl" | LC_ALL=C sort; }

# expect_same_run RUN OTHER
expect_same_run() {
  expect_same_result "$1" "$2"
  entries "$1" >"$scratch_dir/first"
  entries "$2" >"$scratch_dir/second"
  expect_same_file "$scratch_dir/first" "$scratch_dir/second"
}

# elsewhere DIR ARGS...: the program in another folder and another environment.
elsewhere() {
  local out=$PWD/$1
  shift
  mkdir -p 'some where'
  (
    cd 'some where'
    unset LC_ALL NO_COLOR
    export LANG=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 TZ=Asia/Tokyo HOME=/nonexistent MALLOC_PERTURB_=165 \
      OMP_NUM_THREADS=3 OPENBLAS_NUM_THREADS=2 MKL_NUM_THREADS=2
    wrcor "$@" --out "$out"
  )
}

# killed DIR ARGS...: the program, killed after a few networks, and resumed.
killed() {
  local out=$1 pid
  shift
  "$wrcor_program" "$@" --workers 1 --out "$out" </dev/null >/dev/null 2>&1 &
  pid=$!
  wait_for_lines "$out/journal.jsonl" 4 "$pid"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  if [ -e "$out/result.json" ]; then  # it finished first: as if the kill had come before
    rm "$out/result.json"
    head -n 6 "$out/journal.jsonl" >"$out/cut"
    mv "$out/cut" "$out/journal.jsonl"
  fi
  wrcor search --resume --out "$out" --workers 2 --quiet
}

search=(search "${small[@]}" --budget 24 --seed 3 --quiet)
declare -A strategies=(
  [evolution]='--strategy evolution --population 8 --tournament 3 --window 4'
  [random]='--strategy random --dedupe exact'
  [local]='--strategy local --window 4'
  [reinforce]='--strategy reinforce --warm-up 8 --learning-rate 0.1 --window 4'
  [nsga2]='--minimize params,flops --population 8 --window 4'
  [exhaustive]='--strategy exhaustive'
)
declare -A ways=(
  [auto]=''
  [all]='--proxy all'
  [independent]='--weights-mode independent --proxy wrcor,naswot'
  [repeats]='--repeats 2 --proxy wrcor'
  [threads]='--threads 2 --proxy wrcor,snip'
)
line() { printf '%-12s %-12s %-10s %-13s %s\n' "$@"; }
line strategy way '4 workers' '2, elsewhere' killed
for strategy in evolution random local reinforce nsga2 exhaustive; do
  for way in auto all independent repeats threads; do
    # These score in the same ways as evolution.
    [[ $strategy =~ ^(local|reinforce|nsga2)$ && $way != auto ]] && continue
    # shellcheck disable=SC2206  # words, on purpose
    run=("${search[@]}" ${strategies[$strategy]} ${ways[$way]})
    expect_exit 0 wrcor "${run[@]}" --workers 1 --out one
    expect_exit 0 wrcor "${run[@]}" --workers 4 --out four
    expect_same_run four one
    expect_exit 0 elsewhere away "${run[@]}" --workers 2
    expect_same_run away one
    expect_exit 0 killed back "${run[@]}"
    expect_same_run back one
    line "$strategy" "$way" same same same
    rm -r one four away back
  done
done

# --- scores: the same lines in the same order
cells=(
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'
  '|skip_connect~0|+|nor_conv_3x3~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|nor_conv_3x3~2|'
  '|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|nor_conv_3x3~2|'
  '|avg_pool_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|skip_connect~0|avg_pool_3x3~1|skip_connect~2|'
)
printf '%s\n' "${cells[@]}" >cells.txt
score=(score --channels 8 --cells 1 --batch-size 16 --proxy all --arch-file cells.txt --quiet)
for workers in 1 2 4; do expect_exit 0 wrcor "${score[@]}" --workers $workers --out "scores.$workers"; done
expect_same_file scores.2 scores.1
expect_same_file scores.4 scores.1

# --- other kernels: sums in another order, so other last digits. Each proxy has the tolerance of its golden scores.
# (The cells are chosen such that no unit's input is within rounding of zero, where a ReLU, and everything after it,
# could go either way.)
# differences FILE OTHER: proxy and largest relative difference of its scores (plain, whose terms cancel: of snip).
differences() {
  local file
  for file in "$@"; do
    sed -E 's/.*"scores":\{([^}]*)\}.*/\1/; s/"//g' "$file" | tr ',:' '\n ' >"$file.list"
  done
  paste -d ' ' "$1.list" "$2.list" | awk '
    { if ($1 != $3 || ($2 == "null") != ($4 == "null")) { print $1, 1; next } }
    $2 == "null" { next }
    { size = $2 < 0 ? -$2 : $2; off = $2 - $4; if (off < 0) off = -off }
    $1 == "snip" { snip = size }
    $1 == "plain" { size = snip }
    { relative = off == 0 ? 0 : size == 0 ? 1 : off / size
      if (!($1 in most) || relative > most[$1]) most[$1] = relative }
    END { for (name in most) print name, most[name] }'
}
check_differences() {
  differences scores.1 "$1" | sort | tee "$1.differences" | awk '
    BEGIN { split("snip grad_norm fisher grasp plain", sensitive)
            for (i in sensitive) limit[sensitive[i]] = 1e-4 }
    # Divides by the deviation of two gradients, which may be almost zero: reported, not checked.
    $1 == "zico" { print "zico differs by " $2 > "/dev/stderr"; next }
    $2 > ($1 in limit ? limit[$1] : 1e-5) { print; bad = 1 }
    END { exit bad }' || fail "$1: scores differ by more than rounding"
}
expect_exit 0 wrcor "${score[@]}" --threads 2 --out threads
check_differences threads
# As on an older processor.
expect_exit 0 env ATEN_CPU_CAPABILITY=avx2 "$wrcor_program" "${score[@]}" --out older
check_differences older
expect_exit 0 env ATEN_CPU_CAPABILITY=avx2 "$wrcor_program" doctor --self-test
echo "$stdout"

#!/usr/bin/env bash
# bench/reproduce_nb201 prints published rank correlations next to those of score files.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

command -v python3 >/dev/null || skip 'no python3'
reproduce() { python3 "$source_dir/bench/reproduce_nb201" --wrcor "$wrcor_program" "$@"; }

wrcor describe --all | awk -F, 'NR == 1 { print "arch,c10,im16,size"; next } { printf "%s,%d,%d,%d\n", $1, $7, -$7, $7 }' >table.csv
awk -F, 'NR % 50 == 0 { printf "{\"arch\":\"%s\",\"scores\":{\"wrcor\":%d,\"mine\":1}}\n", $1, $4 }' table.csv >scores.jsonl
unchecked scores.jsonl
metrics=(--metric c10=c10 --metric c100=size --metric im16=im16)

expect_exit 0 reproduce --benchmark table.csv --scores scores.jsonl "${metrics[@]}" --table-score params:c10=size
mapfile -t lines <"$stdout_file"
expect_equal "${#lines[@]}" 5
expect_matches "${lines[0]}" '^score +published as +metric +n +published +ours +interval +difference$'
expect_matches "${lines[1]}" '^params +parameters +c10 +312 +0\.750 +1\.000 +\[1\.000, 1\.000\] +\+0\.250$'
expect_matches "${lines[2]}" '^wrcor +WRCor +c10 +312 +0\.812 +1\.000 +\[1\.000, 1\.000\] +\+0\.188$'
# Published figures are absolute values.
expect_matches "${lines[4]}" '^wrcor +WRCor +im16 +312 +0\.822 +1\.000 +\[1\.000, 1\.000\] +\+0\.178$'
expect_exit 0 reproduce --benchmark table.csv --scores scores.jsonl "${metrics[@]}" --format markdown
expect_contains "$stdout" '| wrcor | WRCor | c10 | 312 | 0.812 | 1.000 | [1.000, 1.000] | +0.188 |'

expect_exit 2 reproduce --benchmark table.csv --scores scores.jsonl
expect_contains "$stderr" "unknown column 'c100_test_200ep'"
expect_exit 2 reproduce --benchmark table.csv --scores scores.jsonl --metric cifar=c10
expect_contains "$stderr" "expected one of c10, c100, im16, got 'cifar'"
expect_exit 1 reproduce --benchmark table.csv --scores scores.jsonl "${metrics[@]}" --table-score size=size
expect_contains "$stderr" "no published figure of 'size'"
sed -i 's/"wrcor":[0-9]*,//' scores.jsonl
expect_exit 1 reproduce --benchmark table.csv --scores scores.jsonl "${metrics[@]}"
expect_contains "$stderr" 'none of the scores has a published figure'

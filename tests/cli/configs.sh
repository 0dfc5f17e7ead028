#!/usr/bin/env bash
# Every file in configs/ is valid and runs; its JSON form is the same.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

shopt -s nullglob
files=("$source_dir"/configs/*.yaml)
[ ${#files[@]} -ge 5 ] || fail "there are ${#files[@]} configurations"
expect_exit 0 wrcor config validate "${files[@]}"
expect_equal "$(grep -c ': ok$' "$stdout_file")" ${#files[@]}

# A file without any setting is correct, and worth a word.
printf '# to be written\n' >empty.yaml
expect_exit 0 wrcor config validate empty.yaml
expect_equal "$stdout" 'empty.yaml: ok'
expect_equal "$stderr" 'warning: empty.yaml: the file has no settings'
expect_exit 0 wrcor search --config /dev/null --dry-run
expect_contains "$stderr" 'warning: /dev/null: the file has no settings'

for file in "${files[@]}"; do
  name=$(basename "$file" .yaml)
  case $name in
    # Its limits are on the costs of the network at full size.
    constrained) size=(--budget 3 --batch-size 8 --workers 1) ;;
    *) size=(--budget 6 "${small[@]}") ;;
  esac
  expect_exit 0 wrcor search --config "$file" "${size[@]}" --out "$name"
  # Its comment names the scenario's strategy; the run has it.
  strategy=$(sed -nE 's/^  strategy: ([a-z]+).*/\1/p' "$file")
  expect_contains "$(<"$name/config.json")" "\"strategy\": \"$strategy\""
  expect_contains "$(<"$name/result.json")" "\"asked\": ${size[1]},"
  # The program accepts the command in the comment; only its length is changed.
  command=$(sed -nE 's/^#   (wrcor search .*)/\1/p' "$file")
  expect_equal "$command" "wrcor search --config configs/$name.yaml --out runs/${name%_start}"
done

# The strategies do what their scenarios promise.
expect_equal "$(sed -nE 's/^ *"first_seen": ([0-9]+)$/\1/p' exhaustive/result.json | sort -n | tr '\n' ' ')" '0 1 2 3 4 5 '
expect_equal "$(grep -cE '^      "(w|r|a)?cor": |^        "(wrcor|rcor|acor)": ' evolution/result.json)" \
  $((3 * $(grep -c '"rank":' evolution/result.json)))
while read -r params; do
  ((params >= 200000 && params <= 600000)) || fail "constrained: $params parameters"
done < <(sed -nE 's/^      "params": ([0-9]+),/\1/p' constrained/result.json)
while read -r flops; do
  ((flops <= 100000000)) || fail "constrained: $flops FLOPs"
done < <(sed -nE 's/^      "flops": ([0-9]+),/\1/p' constrained/result.json)

# --- the JSON form of a file, whatever its name ends in
expect_exit 0 wrcor search --config "$source_dir/configs/quick_start.yaml" --dry-run
printf '%s' "$stdout" >quick_start.txt
cat >quick_start.json <<'JSON'
{"space": {"channels": 8, "cells": 1}, "data": {"batch_size": 32}, "score": {"proxies": ["wrcor"]},
 "search": {"strategy": "evolution", "budget": 50, "population": 20, "tournament": 5}}
JSON
for form in txt json; do
  expect_exit 0 wrcor config validate "quick_start.$form"
  expect_exit 0 wrcor search --config "quick_start.$form" --budget 6 "${small[@]}" --out "from_$form"
  expect_same_result "from_$form" quick_start
done

# --- the output of init is valid, has every setting, and equals the defaults
expect_exit 0 wrcor config init --out new.yaml
expect_exit 0 wrcor config validate new.yaml
expect_exit 0 wrcor search --dry-run
defaults=$stdout
expect_exit 0 wrcor search --config new.yaml --dry-run
expect_equal "$stdout" "$defaults"
mapfile -t keys < <(sed -nE 's/^    "([a-z_]+)": .*/\1/p' <<<"$defaults")
[ ${#keys[@]} -gt 20 ] || fail "there are ${#keys[@]} settings"
for key in "${keys[@]}"; do expect_matches "$(<new.yaml)" "(^|"$'\n'")  $key: "; done
expect_exit 0 wrcor config schema
expect_json "$stdout"
for key in "${keys[@]}"; do expect_contains "$stdout" "\"$key\": {"; done

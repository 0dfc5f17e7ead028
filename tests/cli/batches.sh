#!/usr/bin/env bash
# Several networks as one batch: the same bytes as one by one, on any number of workers, and within a bound on memory.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

cells=(--arch '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'
  --arch '|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|')
for op in skip_connect nor_conv_1x1 nor_conv_3x3 avg_pool_3x3; do
  cells+=(--arch "|$op~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|$op~1|nor_conv_1x1~2|")
  cells+=(--arch "|nor_conv_1x1~0|+|$op~0|skip_connect~1|+|none~0|nor_conv_3x3~1|$op~2|")
done
score=(score "${small[@]}" --proxy 'wrcor,acor' "${cells[@]}")

# --- the same scores
expect_exit 0 wrcor "${score[@]}" --at-once 1 --workers 1 --format csv
cp "$stdout_file" alone.csv
expect_exit 0 wrcor "${score[@]}" --networks-per-batch 4 --workers 1 --format csv
cp "$stdout_file" batches.csv
expect_equal "$(wc -l <batches.csv)" 11
cmp alone.csv batches.csv || fail 'scores of batches differ from those of the networks alone'
expect_exit 0 wrcor "${score[@]}" --at-once 4 --workers 2 --format csv
cmp "$stdout_file" batches.csv || fail 'scores of batches depend on the number of workers'

# --- a search: the same on any number of workers, and after an interruption
search=(search "${small[@]}" --proxy wrcor --strategy exhaustive --budget 40 --at-once 8)
expect_exit 0 wrcor "${search[@]}" --workers 1 --out one
expect_contains "$stderr" '8 networks per batch'
expect_exit 0 wrcor "${search[@]}" --workers 2 --out two
expect_same_result one two
expect_matches "$(<one/result.json)" '"at_once": 8,'
expect_matches "$(<one/result.json)" '"worker_memory_bytes": ([0-9]+),'
((BASH_REMATCH[1] > 1000000)) || fail "a batch took ${BASH_REMATCH[1]} bytes"
mkdir cut
cp one/config.json cut
head -n 25 one/journal.jsonl >cut/journal.jsonl
expect_exit 0 wrcor search --resume --out cut
expect_same_result one cut

# --- the default ranking, killed anywhere: batches are composed by number, so a resumed run has the same bytes
default=(search "${small[@]}" --strategy random --budget 24 --networks-per-batch 8 --workers 2)
expect_exit 0 wrcor "${default[@]}" --out whole
expect_contains "$stderr" '8 networks per batch'
for lines in 4 13 22; do
  rm -rf part && mkdir part
  cp whole/config.json part
  head -n "$lines" whole/journal.jsonl >part/journal.jsonl
  expect_exit 0 wrcor search --resume --out part
  expect_same_result whole part
done
wrcor "${default[@]}" --out killed >/dev/null 2>&1 &
killed=$!
while [ "$(wc -l 2>/dev/null <killed/journal.jsonl || echo 0)" -lt 9 ] && kill -0 "$killed" 2>/dev/null; do sleep 0.02; done
kill -9 "$killed" 2>/dev/null || true
wait "$killed" 2>/dev/null || true
if [ ! -f killed/result.json ]; then expect_exit 0 wrcor search --resume --out killed; fi
expect_same_result whole killed

# --- scores of a file that is continued
saved=(score "${small[@]}" --proxy 'wrcor,synflow,meco,snip' "${cells[@]}" --workers 1)
expect_exit 0 wrcor "${saved[@]}" --networks-per-batch 4 --out saved.jsonl
head -n 6 saved.jsonl >continued.jsonl
expect_exit 0 wrcor "${saved[@]}" --networks-per-batch 4 --out continued.jsonl
cmp saved.jsonl continued.jsonl || fail 'a continued file of scores has other bytes'
expect_exit 0 wrcor "${saved[@]}" --networks-per-batch 1 --out one_by_one.jsonl
expect_exit 0 wrcor compare --ignore-settings --tolerance 1e-6 saved.jsonl one_by_one.jsonl

# --- proxies that never are in batches say so
expect_exit 0 wrcor list proxies
expect_matches "$stdout" 'grasp +.*\(never in batches\)'
expect_exit 0 wrcor search "${small[@]}" --proxy grasp --strategy random --budget 4 --networks-per-batch 4 --out alone
expect_contains "$stderr" 'one by one'

# --- a strategy that learns has a window in flight at most, whatever a batch could hold
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --strategy evolution --population 6 --tournament 2 --window 4 \
  --budget 20 --networks-per-batch 16 --workers 2 --out evolution
expect_contains "$(<evolution/result.json)" '"asked": 20,'

# --- a bound on memory: the same bytes, or no score
heavy=(score --channels 8 --cells 1 --batch-size 32 --proxy wrcor --workers 1
  --arch '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|')
expect_exit 0 wrcor "${heavy[@]}"
unbounded=$stdout
expect_exit 0 wrcor "${heavy[@]}" --max-memory 1000
expect_equal "$stdout" "$unbounded"
expect_lacks "$stderr" 'activations are recomputed'
expect_exit 0 wrcor "${heavy[@]}" --max-memory 12
expect_equal "$stdout" "$unbounded"
expect_contains "$stderr" 'activations are recomputed'
expect_exit 1 wrcor "${heavy[@]}" --max-memory 1
expect_contains "$stdout" '"reason":"out_of_memory"'
expect_matches "$stderr" 'a request for [0-9]+ bytes was refused within the bound of 1 MiB'

# --- former names of the setting are still accepted, and runs record the former key
printf 'run:\n  at_once: 4\n' >former.yaml
printf 'run:\n  networks_per_batch: 4\n' >present.yaml
for named in former present; do
  expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --budget 6 --config "$named.yaml" --out "$named"
  expect_matches "$(<"$named/result.json")" '"at_once": 4,'
done
expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --budget 6 --at-once 4 --dry-run
expect_contains "$stdout" 'networks_per_batch'
WRCOR_RUN_AT_ONCE=4 expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --budget 6 --dry-run
dry=$stdout
WRCOR_RUN_NETWORKS_PER_BATCH=4 expect_exit 0 wrcor search "${small[@]}" --proxy wrcor --budget 6 --dry-run
expect_equal "$stdout" "$dry"
expect_exit 2 wrcor search "${small[@]}" --at-once 4 --networks-per-batch 4 --dry-run

# --- invalid numbers of networks, or of MiB
expect_exit 2 wrcor "${score[@]}" --at-once -1
expect_contains "$stderr" '--networks-per-batch: expected an integer from 0'
expect_exit 2 wrcor "${score[@]}" --max-memory 0
expect_contains "$stderr" '--max-memory: expected an integer from 1'

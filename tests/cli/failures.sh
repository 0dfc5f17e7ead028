#!/usr/bin/env bash
# Data that are missing or corrupt, limits that nothing satisfies, places that cannot be written: the exit code and one line.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

golden=$source_dir/tests/golden/nb201_small
cell='|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|'

search() { wrcor search "${small[@]}" --out run "$@"; }
score() { wrcor score --channels 4 --cells 1 --arch "$cell" "$@"; }

# --- 3: data sets
mkdir -p data/cifar-10-batches-bin data/cifar100
export WRCOR_DATA=$PWD/data
refuse 3 'no CIFAR-10 in .*data_batch_1.bin is missing; .wrcor data fetch cifar10' search --data cifar10 --data-root nowhere
unset WRCOR_DATA
batch=data/cifar-10-batches-bin/data_batch_1.bin
head -c 30730 /dev/zero >$batch
expect_exit 0 search --data cifar10 --data-root data --budget 4
expect_contains "$stderr" '10 of 50000 training images'
rm -r run
refuse 2 'batch size 11: expected 2 to 10, the number of images of cifar10' \
  wrcor search --data cifar10 --data-root data --batch-size 11 --out run
expect_exit 2 wrcor search --data cifar10 --data-root data --batch-size 11 --window 0 --out run
expect_contains "$stderr" 'error: --window: expected an integer from 1'
expect_contains "$stderr" 'error: --data: batch size 11: expected 2 to 10, the number of images of cifar10'
head -c 30000 /dev/zero >$batch
refuse 3 "data_batch_1.bin: truncated: the record at byte 27657 has 2343 bytes, expected 3073" \
  search --data cifar10 --data-root data
: >$batch
refuse 3 'data_batch_1.bin: found an empty file' search --data cifar10 --data-root data
{ head -c 6146 /dev/zero && printf '\12' && head -c 3072 /dev/zero; } >$batch
refuse 3 'data_batch_1.bin: found label 10 at byte 6146, expected 0 to 9' search --data cifar10 --data-root data
{ printf '\0\144' && head -c 3072 /dev/zero; } >data/cifar100/train.bin
refuse 3 'train.bin: found fine label 100 at byte 1, expected 0 to 99' search --data cifar100 --data-root data
truncate -s 153700001 data/cifar100/train.bin
refuse 3 'train.bin: found 153700001 bytes, expected the file to end at byte 153700000' \
  search --data cifar100 --data-root data
rm -r data
[ -z "$(ls -A run 2>/dev/null)" ] || fail 'a search without data left something behind'

# --- 3: tensor files
refuse 3 "cannot read 'missing.pt': No such file" score --batch missing.pt
: >empty.pt
refuse 3 'empty.pt: found an empty file' score --batch empty.pt
head -c 1000 "$golden/batch.pt" >cut.pt
refuse 3 'cut.pt: found .*, expected a dictionary' score --batch cut.pt
sed 's/_rebuild_tensor_v2/_rebuild_tensor_v9/' "$golden/batch.pt" >damaged.pt
refuse 3 "damaged.pt: found .*the record 'data.pkl', which is damaged" score --batch damaged.pt
printf 'images' >text.pt
refuse 3 'text.pt: found no zip archive' score --batch text.pt
refuse 3 "arch1462.pt: found no 'images'" score --batch "$golden/arch1462.pt"
refuse 3 "batch.pt' does not hold the weights of this architecture at these sizes; missing: " \
  score --batch "$golden/batch.pt" --weights "$golden/batch.pt"
# Weights of another network: what is missing, too many, or of another shape.
weights=(--batch "$golden/batch.pt" --weights "$golden/arch1462.pt")
refuse 3 "arch1462.pt' does not hold .*; unknown: cells.0.layers.3.*; mismatched: cells.0.layers.0.op.1.weight \(Float \[4,4,3,3\], expected Float \[4,4,1,1\]\)" \
  wrcor score --channels 4 --cells 1 "${weights[@]}" --arch \
  '|nor_conv_1x1~0|+|nor_conv_1x1~0|nor_conv_1x1~1|+|none~0|nor_conv_1x1~1|none~2|'
refuse 3 'missing: cells.0.layers.0.op.1.weight, ' score --batch "$golden/batch.pt" --weights "$golden/arch1835.pt"
refuse 2 '--weights needs exactly one architecture, got 2' score "${weights[@]}" --arch "$cell"
refuse 2 '--batch-size: cannot be given together with' score --batch "$golden/batch.pt" --batch-size 8

# --- 4: limits that nothing satisfies
refuse 4 'no architecture of nb201 .*params >= 999999999' search --min-params 999999999
refuse 4 'no architecture of nb201 satisfies the constraints' search --max-flops 1 --strategy exhaustive
# The folder is free for another try.
expect_exit 0 search --max-flops 1000000 --strategy exhaustive --budget 2

# --- 1: what cannot be written
rm -rf run
: >file
refuse 1 "cannot create 'file/run': Not a directory" wrcor search --out file/run
refuse 1 "cannot write '.*file/scores.lock', which keeps other processes out: Not a directory" score --batch-size 8 --out file/scores
refuse 1 "cannot write '\.': Is a directory" score --batch-size 8 --out .
if [ "$(id -u)" -ne 0 ]; then
  mkdir -m 555 locked
  refuse 1 "cannot create 'locked/run': Permission denied" wrcor search --out locked/run
fi
to_full_disk() { "$@" >/dev/full; }
to_nobody() { "$@" >&-; }
if [ -c /dev/full ]; then
  refuse 1 "cannot write '/dev/full': No space left on device" score --batch-size 8 --out /dev/full
  refuse 1 'cannot write to standard output: No space left on device' to_full_disk wrcor list
  refuse 1 "cannot write to standard output: No space left on device; the whole ranking is in 'run/result.json'" \
    to_full_disk search --budget 4
  expect_file run/result.json
fi
refuse 1 'cannot write to standard output: Bad file descriptor' to_nobody wrcor list
# A reader that leaves: the program ends, long before all is scored.
set +e
wrcor score "${small[@]}" --all 2>errors | head -n 1 >first
status=${PIPESTATUS[0]}
set -e
expect_equal "$status" 1
expect_file first
expect_contains "$(<errors)" 'error: cannot write to standard output: Broken pipe'
refuse 2 "cannot write the log file 'file/log'" wrcor list --log-file file/log
refuse 2 "'file' exists already" wrcor config init --out file
refuse 1 "cannot write 'nowhere/new.yaml': No such file" wrcor config init --out nowhere/new.yaml

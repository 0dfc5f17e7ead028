#!/usr/bin/env bash
# Missing or corrupt data, limits that nothing satisfies, paths that cannot be written: the exit code and one line.

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
for label in {0..9}; do printf '%b' "\\x$label" && head -c 3072 /dev/urandom; done >$batch
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
refuse 3 'text.pt: found neither a zip archive nor safetensors' score --batch text.pt
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

# --- 2: unrelated files with the names of a run or a file of scores
rm -rf run
mkdir own
printf '{"search": {"budget": 2}}\n' >own/config.json
unchecked own/config.json
cp own/config.json kept
refuse 2 "'own/config.json' is not of a run, and this search would replace it; move it, or choose another folder" \
  wrcor search "${small[@]}" --budget 2 --out own
in_own() { (cd own && wrcor search "${small[@]}" "$@" --out .); }
refuse 2 "'./config.json' is not of a run" in_own --config config.json
refuse 2 "'./config.json' is not of a run" in_own --config config.json
expect_same_file own/config.json kept
expect_equal "$(ls -A own)" config.json
rm own/config.json
for lock in own/lock own/scores.lock; do printf 'important\n' >$lock; done
refuse 2 "'own/lock' is not the lock that belongs there, which would replace it; move it" \
  wrcor search "${small[@]}" --budget 2 --out own
refuse 2 "own/scores.lock' is not the lock" score --batch-size 8 --out own/scores
for lock in own/lock own/scores.lock; do expect_equal "$(<$lock)" important; done
rm -r own
# Settings that a search would write itself are accepted.
expect_exit 0 wrcor search "${small[@]}" --budget 2 --dry-run
mkdir own
printf '%s\n' "$stdout" >own/config.json
expect_exit 0 in_own --config config.json --budget 2
expect_file own/result.json
rm -r own

# --- 2: messages into a file that the command writes itself
for file in config.json journal.jsonl best.txt ranking.csv result.json lock; do
  refuse 2 "--log-file: 'run/$file' is written by the command itself" search --budget 2 --log-file "run/$file"
done
[ ! -e run ] || fail 'a refused search made its folder'
expect_exit 0 search --budget 2
ln -s run/journal.jsonl link
refuse 2 "--log-file: 'link' is written by the command itself" search --budget 2 --resume --log-file link
rm -r run link
refuse 2 "--log-file: './scores' is written by the command itself" score --batch-size 8 --out scores --log-file ./scores
refuse 2 "--log-file: 'scores.lock' is written" score --batch-size 8 --out scores --log-file scores.lock
[ ! -e scores ] || fail 'a refused log file was made'

# --- 3: golden folders of any size
cp -r "$golden" golden
sed -i '0,/"N": 1,/s//"N": 1000000000,/' golden/golden.json
refuse 3 "arch1651: the space 'nb201' takes cells from 1 to 300, got 1000000000" wrcor doctor --golden golden
sed -i 's/"N": 1000000000,/"N": 1,/; 0,/"C": 4,/s//"C": 99999999999999,/' golden/golden.json
refuse 3 "arch1651: the space 'nb201' takes channels from 1 to 4096, got 99999999999999" wrcor doctor --golden golden
# Empty or invalid cases.
golden_with() { sed "0,/$1/s//$2/" "$golden/golden.json" >golden/golden.json; }
for scores in '{}' '{"nobody": 1}' '[]' 'null'; do
  golden_with '"scores": {' "\"scores\": $scores, \"others\": {"
  refuse 3 'golden.json: arch1651: scores: found none of a proxy that this program has' wrcor doctor --golden golden
done
golden_with '"batch": ' '"images": '
refuse 3 "golden/golden.json' is not a list of golden scores: key 'batch' not found$" wrcor doctor --golden golden
golden_with '"wrcor": "-inf"' '"wrcor": "many"'
refuse 3 'golden.json: arch1651: expected a score as a number, nan, inf or -inf, got ' wrcor doctor --golden golden
golden_with '"arch": "|none~0' '"arch": "|nothing~0'
refuse 3 'golden.json: arch1651: .*unknown operation' wrcor doctor --golden golden

# --- 1: files that cannot be written
: >file
refuse 1 "cannot create 'file/run': Not a directory" wrcor search --out file/run
: >runs
refuse 1 "cannot create 'runs': .*; name another folder with --out" wrcor search "${small[@]}" --budget 2
rm runs
refuse 1 "cannot write '.*file/scores.lock', which keeps other processes out: Not a directory" score --batch-size 8 --out file/scores
refuse 2 "--out: '\.' is a folder; name a file in it" score --batch-size 8 --out .
if [ "$(id -u)" -ne 0 ]; then
  mkdir -m 555 locked
  refuse 1 "cannot create 'locked/run': Permission denied" wrcor search --out locked/run
fi
to_full_disk() { "$@" >/dev/full; }
to_nobody() { "$@" >&-; }
if [ -c /dev/full ]; then
  refuse 1 "cannot write '/dev/full': No space left on device\$" score --batch-size 8 --out /dev/full
  refuse 1 'cannot write to standard output: No space left on device' to_full_disk wrcor list
  refuse 1 "cannot write to standard output: No space left on device; the whole ranking is in 'run/result.json'" \
    to_full_disk search --budget 4
  expect_file run/result.json
fi
refuse 1 'cannot write to standard output: Bad file descriptor' to_nobody wrcor list
# A reader that closes the pipe: the program ends, long before everything is scored.
set +e
wrcor score "${small[@]}" --all 2>errors | head -n 1 >first
status=${PIPESTATUS[0]}
set -e
expect_equal "$status" 141
expect_file first
expect_lacks "$(<errors)" error
# Whatever its name.
set +e
wrcor score "${small[@]}" --all --out /dev/stdout 2>errors | head -n 1 >first
status=${PIPESTATUS[0]}
set -e
expect_equal "$status" 141
expect_file first
expect_lacks "$(<errors)" error
expect_lacks "$(<errors)" continues
# A stalled reader: a signal ends the wait for it.
mkfifo stalled
exec 3<>stalled
"$wrcor_program" score "${small[@]}" --proxy params --all --quiet >stalled 2>errors 3>&- &
program=$!
written() { sed -nE 's/^wchar: ([0-9]+)$/\1/p' "/proc/$program/io"; }
if [ -r "/proc/$program/io" ]; then
  until before=$(written) && sleep 0.5 && [ "$before" -gt 60000 ] && [ "$(written)" = "$before" ]; do :; done
  kill -TERM $program
  expect_end 143 $program
  expect_equal "$(<errors)" 'error: interrupted while waiting for a file or a pipe that does not answer'
fi
exec 3>&-
refuse 2 "cannot write the log file 'file/log'" wrcor list --log-file file/log
refuse 2 "'file' exists already" wrcor config init --out file
refuse 1 "cannot write 'nowhere/new.yaml': No such file" wrcor config init --out nowhere/new.yaml

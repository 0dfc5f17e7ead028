#!/usr/bin/env bash
# wrcor train from end to end: it learns, is interrupted, killed and resumed, and its output can be used.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

cell='|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|'
net=(--channels 4 --cells 1 --threads 1)
quick=(train "$cell" --channels 4 --cells 1 --threads 1 --train-images 128 --test-images 64 --batch-size 16 --epochs 4)

# stripes COUNT SEED: records of CIFAR-10 with stripes of eight kinds, in any place and colour, under noise.
stripes() {
  awk -v count="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    split("2 3 5 8", periods)
    for (k = 0; k < count; k++) {
      kind = k % 8
      period = periods[int(kind / 2) + 1]
      phase = int(rand() * period)
      printf "%c", kind + 1
      for (channel = 0; channel < 3; channel++) {
        light = 130 + rand() * 80
        dark = 40 + rand() * 60
        for (y = 0; y < 32; y++)
          for (x = 0; x < 32; x++) {
            at = (kind % 2 ? x : y) + phase
            printf "%c", int((at % (2 * period) < period ? light : dark) + rand() * 40)
          }
      }
    }
  }'
}

# metrics RUN: without the parts that differ from run to run.
metrics() { sed 's/^{"check":"[^"]*",//; s/,"seconds":.*//' "$1/metrics.jsonl"; }

# expect_same_training RUN OTHER
expect_same_training() {
  expect_same_result "$1" "$2"
  expect_same_file "$1/weights.pt" "$2/weights.pt"
  expect_equal "$(metrics "$1")" "$(metrics "$2")"
}

# last KEY RUN: a number of the last epoch
last() { sed -n '$s/.*"'"$1"'":\([0-9.e-]*\).*/\1/p' "$2/metrics.jsonl"; }

# --- it learns: of eight classes, far more than an eighth is right
mkdir stripes
stripes 512 1 >stripes/data_batch_1.bin
stripes 128 2 >stripes/test_batch.bin
expect_exit 0 wrcor train "$cell" --data cifar10 --data-root stripes "${net[@]}" --batch-size 32 --epochs 6 --out learnt
expect_matches "$stdout" '^epoch  learning rate  train loss  train %  test loss  test %  seconds'
expect_equal "$(wc -l <"$stdout_file")" 7
expect_matches "$stderr" 'info: 512 images of cifar10 to train on, 128 test images to evaluate on; [0-9]+ parameters; cpu, 1 thread'
expect_matches "$stderr" 'info: [0-9.]+ % of 128 test images are right after 6 epochs'
first_loss=$(sed -n '1s/.*"train_loss":\([0-9.]*\).*/\1/p' learnt/metrics.jsonl)
awk -v first="$first_loss" -v last="$(last train_loss learnt)" -v right="$(last test_accuracy learnt)" \
  'BEGIN { exit !(last < first / 2 && right > 60) }' ||
  fail "the loss went from $first_loss to $(last train_loss learnt), $(last test_accuracy learnt) % are right"
for file in config.json metrics.jsonl metrics.csv checkpoint.pt weights.pt result.json; do expect_file "learnt/$file"; done
refuse 3 "'learnt/checkpoint.pt' is a checkpoint of wrcor train; use the weights.pt" \
  wrcor score --arch "$cell" --weights learnt/checkpoint.pt
refuse 2 "'learnt/config.json' belongs to the run in 'learnt'" \
  wrcor export "$cell" --format safetensors --out learnt --force
[ ! -e learnt/lock ] || fail 'the lock is left behind'
expect_lacks "$(<learnt/config.json)" '"search"'

# --- its weights are those of a network
expect_exit 0 wrcor score --arch "$cell" --channels 4 --cells 1 --batch-size 8 --weights learnt/weights.pt
expect_contains "$stdout" '"status":"ok"'
expect_exit 0 wrcor train "$cell" --data cifar10 --data-root stripes "${net[@]}" --train-images 64 --batch-size 32 \
  --epochs 1 --lr 0.001 --weights learnt/weights.pt --out further --quiet
awk -v right="$(last test_accuracy further)" 'BEGIN { exit !(right > 60) }' || fail 'what was learnt is lost'

# --- the same settings give the same bytes, whatever names them
expect_exit 0 wrcor "${quick[@]}" --out whole --format csv
expect_equal "$(head -n 1 "$stdout_file")" \
  epoch,learning_rate,train_loss,train_accuracy,test_loss,test_accuracy,seconds,images_per_second
expect_exit 0 wrcor train --config whole/config.json --out again --format json
expect_json "$stdout"
expect_same_training again whole
expect_exit 0 wrcor "${quick[@]}" --no-augment --out plain --quiet
[ "$(metrics plain)" != "$(metrics whole)" ] || fail 'augmentation changes nothing'

# --- an architecture of a search
expect_exit 0 wrcor search "${small[@]}" --budget 3 --proxy params --out found --quiet
expect_exit 0 wrcor train found#2 --channels 4 --cells 1 --threads 1 --train-images 16 --test-images 16 --epochs 1 --out second
arch=$(sed -n 's/^      "arch": "\(.*\)",$/\1/p' found/result.json | sed -n 2p)
expect_contains "$(<second/result.json)" "\"arch\": \"$arch\","

# By default a background job of a script ignores SIGINT.
set -m

# start DIR ARGS...: a training in the background; its process is $pid.
start() {
  local out=$1
  shift
  "$wrcor_program" "$@" --out "$out" </dev/null >"$scratch_dir/background" 2>"$scratch_dir/messages" &
  pid=$!
}

# --- SIGINT and SIGTERM: the message has a command that continues
for case in INT:130 TERM:143; do
  folder="my ${case%:*}"
  start "$folder" "${quick[@]}" --quiet
  wait_for_lines "$folder/metrics.jsonl" 1 "$pid"
  kill "-${case%:*}" "$pid"
  expect_end "${case#*:}" "$pid"
  [ ! -e "$folder/result.json" ] || fail 'the training is finished'
  messages=$(<"$scratch_dir/messages")
  expect_equal "$(grep -c . <<<"$messages")" 1
  expect_matches "$messages" '^error: interrupted .*epoch.*; resume with: wrcor train --resume --out '
  eval "expect_exit 0 ${messages#*resume with: }"
  expect_matches "$stderr" "info: resuming 'my ${case%:*}' (in|after) epoch"
  expect_same_training "$folder" whole
done

# --- kill -9, again and again
start killed "${quick[@]}" --quiet
wait_for_lines killed/metrics.jsonl 1 "$pid"
kill -KILL "$pid"
expect_end 137 "$pid"
for lines in 2 3; do
  start killed train --resume --quiet
  wait_for_lines killed/metrics.jsonl "$lines" "$pid"
  kill -KILL "$pid"
  expect_end 137 "$pid"
done
printf '{"check":"0123456789abcdef","epo' >>killed/metrics.jsonl
expect_exit 0 wrcor train --resume --out killed --quiet
expect_same_training killed whole

# --- a disk that becomes full, here by a limit on the size of files
limited() {
  (
    ulimit -f 20
    wrcor "$@"
  )
}
refuse 1 "cannot write 'full/checkpoint.pt'" limited "${quick[@]}" --out full
[ ! -e full/checkpoint.pt ] || fail 'a part of a checkpoint'
expect_equal "$(find full -name '*.partial.*')" ''
expect_exit 0 wrcor "${quick[@]}" --out full --quiet
expect_same_training full whole

# --- two processes do not share a folder
start shared "${quick[@]}" --quiet
wait_for_lines shared/metrics.jsonl 1 "$pid"
kill -STOP "$pid"
refuse 2 "'shared' is being written by process $pid on " wrcor train --resume --out shared
kill -CONT "$pid"
expect_end 0 "$pid"

# --- refusals
refuse 2 "'whole' holds a training; continue it with --resume" wrcor "${quick[@]}" --out whole
refuse 2 "'whole' holds another training \(train.epochs \(--epochs\): it has 4, now 5\)" wrcor train --resume --epochs 5 --out whole
refuse 2 "'found' holds no training to resume; start one without --resume" wrcor train --resume --out found
refuse 2 "'none' holds no training to resume" wrcor train --resume --out none
expect_exit 0 wrcor search --quiet --space nats_sss --cells 1 --batch-size 8 --budget 2 --strategy random --proxy params --out sizes
refuse 2 "'sizes' is a run of the space 'nats_sss', the networks here are of 'nb201'; name its space with --space$" \
  wrcor train sizes --out none
refuse 2 'no architecture to train; name one: architecture string' wrcor train --out none
refuse 2 "lr: expected a number above 0, at most 100, got 0" wrcor "${quick[@]}" --lr 0 --out none
refuse 2 "momentum: expected a number from 0 to 1, got 2" wrcor "${quick[@]}" --momentum 2 --out none
refuse 2 'train-images: expected at most the 50000 images' wrcor train "$cell" "${net[@]}" --train-images 50001 --out none
refuse 2 'only --data folder takes it' wrcor "${quick[@]}" --test-root . --out none
refuse 1 'the training has diverged: in epoch 1, batch [0-9]+ of 8, the loss is .*; start again with a lower --lr$' \
  wrcor "${quick[@]}" --lr 100 --weight-decay 1 --momentum 1 --out diverged
[ ! -e none ] || fail 'what was refused left a folder'

# --- the user's images: with test images, with some held out, with neither
images=$source_dir/tests/fixtures/images
for class in cat dog; do
  for folder in pets tests; do
    mkdir -p "$folder/$class"
    cp "$images/colour.png" "$images/grey.png" "$images/colour.jpg" "$folder/$class"
  done
done
pets=(train "$cell" --channels 4 --cells 1 --threads 1 --epochs 1 --data folder --data-root pets)
refuse 2 "does not have its own test images: name their folder with --test-root, or keep some" wrcor "${pets[@]}" --out own
expect_exit 0 wrcor "${pets[@]}" --test-root tests --out own
expect_contains "$stderr" '6 images of folder to train on, 6 test images to evaluate on'
expect_exit 0 wrcor "${pets[@]}" --holdout 0.3 --out held
expect_contains "$stderr" '4 images of folder to train on, 2 held out of them to evaluate on'
expect_matches "$stderr" '% of 2 images held out are right'
mv tests/dog tests/fox
refuse 3 'tests: found the classes cat, fox, expected those of pets: cat, dog' wrcor "${pets[@]}" --test-root tests --out fox

# --- real photographs
if [ -e "$shared_dir/data/cifar10/test_batch.bin" ]; then
  expect_exit 0 wrcor train "$cell" --data cifar10 --data-root "$shared_dir/data/cifar10" --channels 4 --cells 1 --threads 1 \
    --train-images 256 --test-images 64 --epochs 1 --out real
  expect_contains "$stderr" 'cifar10: 1000 of 10000 test images in '
  expect_contains "$(<real/result.json)" '"held_out": false,'
fi

#!/usr/bin/env bash
# Exports for PyTorch.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

arch='|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|'
dead_end='|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|'
unconnected='|none~0|+|none~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|nor_conv_3x3~2|'
size=(--channels 4 --cells 1)

# --- the content of the file, and that it is reproducible
expect_exit 0 wrcor export "$arch" "${size[@]}" --out net.pt
expect_equal "$stdout" ''
expect_contains "$stderr" "'net.pt' has $arch as torchscript"
for format in torchscript weights onnx python; do
  for copy in 1 2; do
    expect_exit 0 wrcor export "$arch" "${size[@]}" --format "$format" --out "$format.$copy" --quiet
    expect_equal "$stdout$stderr" ''
    expect_file "$format.$copy"
  done
  expect_same_file "$format.1" "$format.2"
done
expect_same_file net.pt torchscript.1
# Source goes to standard output, too.
expect_exit 0 wrcor export "$arch" "${size[@]}" --format python
expect_same_file "$stdout_file" python.1
expect_contains "$stdout" "    $arch"
expect_exit 0 wrcor describe "$arch" "${size[@]}" --format csv
params=$(tail -n 1 <<<"$stdout" | cut -d, -f7)
expect_equal "$(sed -nE 's/^ *# ([0-9,]+) parameters$/\1/p' python.1 | tr -d ,)" "$params"

# --- the weights equal the scored ones
score() { wrcor score --arch "$arch" "${small[@]}" --proxy wrcor,synflow "$@"; }
for settings in '' '--seed 3 --init kaiming' '--weights-mode independent'; do
  read -r -a flags <<<"$settings"
  # Other weights, the same minibatch: that of the seed.
  seed=()
  if [ "${flags[0]-}" = --seed ]; then seed=("${flags[@]:0:2}"); fi
  expect_exit 0 wrcor export "$arch" "${size[@]}" "${flags[@]}" --format weights --out drawn.pt --force
  expect_exit 0 score "${flags[@]}"
  drawn=$stdout
  expect_exit 0 score "${seed[@]}" --weights drawn.pt
  expect_equal "$stdout" "$drawn"
done
# Weights from a file are exported unchanged.
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights drawn.pt --format weights --out again.pt
expect_same_file again.pt drawn.pt

# --- a run's architecture comes with the run's sizes and weights
expect_exit 0 wrcor search "${size[@]}" --data cifar100 --batch \
  "$source_dir/tests/golden/nb201_small/batch.pt" --proxy wrcor,acor --seed 5 --budget 6 --quiet --out run
best=$(sed -nE 's/^ *"arch": "(.*)",/\1/p' run/result.json | head -n 1)
second=$(sed -nE 's/^ *"arch": "(.*)",/\1/p' run/result.json | sed -n 2p)
expect_exit 0 wrcor export run --format weights --out best.pt
expect_exit 0 wrcor export "$best" "${size[@]}" --classes 100 --seed 5 --format weights --out same.pt
expect_same_file best.pt same.pt
expect_exit 0 wrcor export run#2 --format python
expect_contains "$stdout" "    $second"
expect_contains "$stdout" 'Rank 2 of a search'
expect_matches "$stdout" '    wrcor [0-9.]+'
expect_contains "$stdout" 'channels=4, cells=1, classes=100'
expect_exit 0 wrcor export run --channels 8 --format python
expect_contains "$stdout" 'channels=8, cells=1, classes=100'
: >empty.yaml
expect_exit 0 wrcor export run --config empty.yaml --format python
expect_contains "$stdout" 'channels=16, cells=5, classes=10'

# --- refusals
refuse 2 'known export formats: torchscript, .*, optuna-journal' wrcor export "$arch" --format zip --out x
refuse 2 "unknown export format 'torchscrip' \(did you mean 'torchscript'\?\)" \
  wrcor export "$arch" --format torchscrip --out other.pt
refuse 2 "the format 'weights' is not text: name a file by --out" wrcor export "$arch" --format weights
refuse 2 "architecture" wrcor export
refuse 2 "unknown operation" wrcor export '|nor_conv_5x5~0|' --out other.pt
refuse 2 "'net.pt' exists; choose another --out, or --force replaces it" wrcor export "$arch" --out net.pt
expect_same_file net.pt torchscript.1
refuse 2 "'run' is not a file" wrcor export "$arch" --out run --force
refuse 2 "'/dev/null' is not a file" wrcor export "$arch" --out /dev/null --force
refuse 2 '--weights: the format .python. has none' wrcor export "$arch" --weights drawn.pt --format python
refuse 2 '--seed: has no effect, because the weights are those of --weights; leave it out' \
  wrcor export "$arch" --weights drawn.pt --seed 1 --out other.pt
refuse 2 '--classes: expected an integer from 1' wrcor export "$arch" --classes 0 --out other.pt
refuse 3 "'drawn.pt' does not hold the weights of this architecture at these sizes; .*mismatched: " \
  wrcor export "$arch" --weights drawn.pt --out other.pt
refuse 3 "'drawn.pt' does not hold .*missing: cells.0.layers.2.op.1.weight" \
  wrcor export "$dead_end" "${size[@]}" --weights drawn.pt --out other.pt
refuse 3 'neither a zip archive nor safetensors, expected a dictionary' \
  wrcor export "$arch" "${size[@]}" --weights python.1 --out other.pt
refuse 3 "cannot read 'absent.pt'" wrcor export "$arch" --weights absent.pt --out other.pt
refuse 1 "cannot write 'absent/net.pt': No such file" wrcor export "$arch" --out absent/net.pt
refuse 2 "'net.pt' is written by the command itself" \
  wrcor export "$arch" --out net.pt --force --log-file net.pt
# Files of a run are never replaced.
cp -r run kept
for out in run/config.json run/journal.jsonl run/result.json run/lock; do
  refuse 2 "'$out' belongs to the run in 'run', which would be lost" wrcor export "$arch" --format onnx --out "$out" --force
done
refuse 2 "'journal.jsonl' belongs to the run in '.'" \
  env -C run "$wrcor_program" export "$arch" --format onnx --out journal.jsonl --force
refuse 2 "'run/config.json' belongs to the run" wrcor export run --format safetensors --out run --force
refuse 2 "'run/journal.jsonl' belongs to the run" \
  wrcor export run --format optuna-journal --out run/journal.jsonl --force
expect_equal "$(diff -r run kept)" ''
rm -r kept
refuse 2 "--out: expected a path, got ''" wrcor export "$arch" --format python --out ''
rm run/config.json
refuse 2 "run/config.json" wrcor export run --out other.pt
[ ! -e other.pt ] || fail 'a refused export left a file'

# --- a full disk, a missing permission
too_long() { (trap '' XFSZ; ulimit -f 4; wrcor "$@"); }
for format in torchscript weights onnx; do
  refuse 1 "cannot write 'full.pt': File too large" too_long export "$arch" --format "$format" --out full.pt
  refuse 1 "cannot write 'net.pt': File too large" too_long export "$arch" --format "$format" --out net.pt --force
done
expect_same_file net.pt torchscript.1
refuse 1 "cannot write 'full/.*': File too large" too_long export "$arch" --format safetensors --out full
expect_equal "$(find . -name 'full*' -o -name '*.partial.*')" ''
if [ -c /dev/full ]; then
  to_full_disk() { wrcor "$@" >/dev/full; }
  refuse 1 'cannot write to standard output: No space left on device' to_full_disk export "$arch" --format python
fi
(umask 027 && wrcor export "$arch" "${size[@]}" --out private.pt --quiet)
expect_equal "$(stat -c %a private.pt)" 640
if [ "$(id -u)" -ne 0 ]; then
  mkdir -m 500 locked
  refuse 1 "cannot write 'locked/net.pt': Permission denied" wrcor export "$arch" --out locked/net.pt
fi

# --- in Python
if command -v python3 >/dev/null; then PYTHONPYCACHEPREFIX=$PWD/cache python3 -m py_compile python.1; fi
networks=()
for named in "plain=$arch" "dead_end=$dead_end" "unconnected=$unconnected" 'any=7777' 'pools=15624' 'none=0'; do
  name=${named%%=*}
  expect_exit 0 wrcor export "${named#*=}" --channels 4 --cells 2 --classes 7 --out "$name.pt"
  expect_exit 0 wrcor export "${named#*=}" --channels 4 --cells 2 --classes 7 --format weights --out "$name.weights.pt"
  expect_exit 0 wrcor export "${named#*=}" --channels 4 --cells 2 --classes 7 --format python --out "$name.py"
  networks+=("$name")
done
if command -v black >/dev/null; then
  expect_exit 0 black --check --quiet "${networks[@]/%/.py}"
else
  echo 'left out, as there is no black: the form of Python source' >&2
fi
python=$(python_with torch)
if [ -z "$python" ]; then
  echo 'left out, as no python3 has torch: what PyTorch makes of the files' >&2
  exit 0
fi
expect_exit 0 env PYTHONDONTWRITEBYTECODE=1 "$python" "$source_dir/tests/tools/check_export.py" "${networks[@]}"
# Published networks.
golden=$source_dir/tests/golden/nb201_small
while IFS=$'\t' read -r name arch channels cells classes weights; do
  expect_exit 0 wrcor export "$arch" --channels "$channels" --cells "$cells" --classes "$classes" \
    --weights "$golden/$weights" --out "$name.pt" --quiet
done < <("$python" -c 'import json, sys
for case in json.load(open(sys.argv[1]))["cases"]:
    print(*(case[key] for key in ("name", "arch", "C", "N", "num_classes", "weights")), sep="\t")' "$golden/golden.json")
expect_exit 0 "$python" "$source_dir/tests/tools/check_export.py" --golden "$golden"

#!/usr/bin/env bash
# Search spaces that users define: a file is searched, and its run needs the file no longer.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

cat >cells.yaml <<'YAML'
space:
  kind: cell
  name: tiny
  nodes: 3
  ops: [none, skip_connect, nor_conv_1x1, max_pool_3x3]
  channels: 4
  cells_per_stage: 1
  stages: 2
YAML
search=(--strategy random --batch-size 8 --quiet)
expect_exit 0 wrcor search --space cells.yaml --budget 6 "${search[@]}" --out whole
expect_contains "$(<whole/result.json)" '"name": "tiny"'
expect_contains "$(<whole/result.json)" '"nodes": 3'

# --- resumed, reported and described without the file
expect_exit 0 wrcor search --space cells.yaml --budget 3 "${search[@]}" --out run
mv cells.yaml kept.yaml
expect_exit 0 wrcor search --config run/config.json --budget 6 --resume --out run --quiet
expect_equal "$(grep -c '"rank":' run/result.json)" "$(grep -c '"rank":' whole/result.json)"
expect_exit 0 wrcor report run --out page.html
expect_exit 0 wrcor describe run --format json
expect_contains "$stdout" '~0|+|'

# --- another definition of the same name is another run
sed 's/channels: 4/channels: 8/' kept.yaml >other.yaml
expect_exit 2 wrcor search --space other.yaml --budget 6 "${search[@]}" --resume --out run
expect_contains "$stderr" 'space.definition'

# --- the example files
for file in "$source_dir"/configs/spaces/*.yaml; do
  expect_exit 0 wrcor config validate "$file"
  expect_exit 0 wrcor describe 0 --space "$file" --image-size 96
done
expect_exit 2 wrcor describe 0 --space "$source_dir/configs/spaces/chain.yaml" --channels 8
expect_contains "$stderr" 'its sizes are in its definition'

# --- the images of a file may be larger than those of the data set, and its space needs them so
command -v python3 >/dev/null || exit 0
python3 - <<'PYTHON'
import json, random, struct
shape = [4, 3, 128, 128]
numbers = random.Random(0)
images = b"".join(struct.pack("<f", numbers.gauss(0, 1)) for _ in range(4 * 3 * 128 * 128))
labels = struct.pack("<4q", 0, 1, 2, 3)
header = json.dumps({
    "images": {"dtype": "F32", "shape": shape, "data_offsets": [0, len(images)]},
    "labels": {"dtype": "I64", "shape": [4], "data_offsets": [len(images), len(images) + len(labels)]},
}).encode()
open("large.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + images + labels)
PYTHON
macro=(--space "$source_dir/configs/spaces/transnas-macro.yaml" --proxy params)
expect_exit 2 wrcor score "${macro[@]}" --arch 4,4,4,3,none,none
expect_contains "$stderr" 'use larger images'
expect_exit 0 wrcor score "${macro[@]}" --arch 4,4,4,3,none,none --batch large.safetensors
expect_exit 0 wrcor search "${macro[@]}" --batch large.safetensors --budget 2 --strategy random --quiet --out macro
for part in 1 2; do
  expect_exit 0 wrcor search "${macro[@]}" --batch large.safetensors --budget 2 --strategy random --shard "$part/2" --quiet \
    --out "part$part"
done
rm large.safetensors # a run knows the size of its images
expect_exit 0 wrcor describe macro --format json
expect_exit 0 wrcor export macro --format python
expect_contains "$stdout" 'an image of 128x128 pixels'
expect_exit 0 wrcor merge part1 part2 --out merged --quiet
expect_same_result macro merged
{ echo arch,accuracy && sed -nE 's/.*"arch": "(.*)",?$/"\1",50/p' macro/result.json; } >accuracies.csv
evaluate=(evaluate --space "$source_dir/configs/spaces/transnas-macro.yaml" --benchmark accuracies.csv --metric accuracy)
expect_exit 2 wrcor "${evaluate[@]}" --table-score accuracy
expect_contains "$stderr" 'use larger images'
expect_exit 0 wrcor "${evaluate[@]}" --scores macro --image-size 128

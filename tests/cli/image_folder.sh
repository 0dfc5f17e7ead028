#!/usr/bin/env bash
# The user's images: --data folder, and the published ImageNet16-120.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

images=$source_dir/tests/fixtures/images
# Four classes of three images each.
for class in cat dog owl yak; do
  mkdir -p "pets/$class"
  cp "$images/colour.png" "$images/grey.png" "$images/colour.jpg" "pets/$class"
done

# --- a search from end to end, twice the same
for run in first second; do
  expect_exit 0 wrcor search --data folder --data-root pets --image-size 32 "${small[@]}" --strategy random \
    --budget 4 --out "$run"
done
expect_same_result first second
expect_contains "$(cat first/result.json)" '"dataset": "folder"'
expect_contains "$(cat first/config.json)" '"image_size": "32"'
expect_exit 0 wrcor search --resume --out first --config first/config.json

# --- the size of images matters, and the number of classes
cell='|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|'
flops() { expect_exit 0 wrcor describe "$cell" --data folder --data-root pets --format csv "$@" && tail -n 1 <<<"$stdout" | cut -d, -f8; }
small_flops=$(flops)
expect_equal "$(flops --image-size 64)" $((4 * small_flops - 3 * 4 * 64))
params() { tail -n 1 "$stdout_file" | cut -d, -f7; }
flops >/dev/null && four=$(params)
mkdir pets/zebra && cp "$images/grey.jpg" pets/zebra
flops >/dev/null
expect_equal "$(params)" $((four + 65))
expect_exit 0 wrcor score --arch "$cell" --data folder --data-root pets --image-size 16x24 "${small[@]}"
expect_contains "$stdout" '"status":"ok"'
# A run records its number of classes.
refuse 2 'holds another run \(.*classes' wrcor search --data folder --data-root pets --batch-size 8 \
  --resume --out first --config first/config.json

# --- a setting like others
printf 'data:\n  name: folder\n  root: pets\n  image_size: 24\n' >config.yaml
expect_exit 0 wrcor config validate config.yaml
expect_exit 0 wrcor score --arch "$cell" --config config.yaml "${small[@]}"
refuse 2 'image_size: expected N or HxW, 4 to 1024 each or null, got 2000' \
  wrcor config validate <(printf 'data:\n  image_size: 2000\n')
refuse 2 "image-size: expected N or HxW, 4 to 1024 each or none, got '32x'" \
  wrcor score --arch "$cell" --image-size 32x
refuse 2 'height of the images: expected a multiple of 4 .*got 33' \
  wrcor score --arch "$cell" --data folder --data-root pets --image-size 33x17 "${small[@]}"
refuse 2 'the images of synthetic are 32x32, so the image size cannot be 64x64' \
  wrcor score --arch "$cell" --image-size 64
refuse 2 "cannot be given together with data.batch_file" \
  wrcor score --arch "$cell" --data folder --data-root pets --image-size 64 \
  --batch "$source_dir/tests/golden/nb201_small/batch.pt"

# --- errors in the data are reported in one line
refuse 2 "the data set 'folder' needs --data-root" wrcor search --data folder --dry-run
refuse 3 'nowhere.*No such file' wrcor search --data folder --data-root nowhere "${small[@]}" --out run
head -c 40 "$images/colour.png" >pets/cat/broken.png
refuse 3 'pets/cat/broken.png: found a PNG image that cannot be decoded' \
  wrcor score --arch "$cell" --data folder --data-root pets --channels 4 --cells 1 --batch-size 14

# --- what computes nothing on images does not need those of the run
rm pets/cat/broken.png
for part in 1 2; do
  expect_exit 0 wrcor search --data folder --data-root pets "${small[@]}" --strategy random --budget 4 \
    --shard $part/2 --out "part$part"
done
about() { wrcor describe part1 && wrcor export part1 --format python && wrcor export part1 --out "$1.pt"; }
about with >with_images
mv pets elsewhere
about without >without_images
expect_equal "$(<without_images)" "$(<with_images)"
expect_equal "$(cksum <without.pt)" "$(cksum <with.pt)"
expect_exit 0 wrcor merge part1 part2 --out joined
expect_exit 0 wrcor describe "$cell" --data folder --data-root pets --classes 5
refuse 3 'pets.*No such file' wrcor describe part1 --layers
refuse 3 'cats.*No such file' wrcor describe part1 --data-root cats
mv elsewhere pets

# --- doctor
expect_exit 0 wrcor doctor
expect_matches "$stdout" "data folder +not usable: .*needs --data-root"
expect_exit 0 wrcor doctor --data-root pets
expect_matches "$stdout" "data folder +13 images"

# --- the published files of ImageNet16
mkdir imagenet
for k in 1 3 8; do cp "$source_dir/tests/fixtures/imagenet16/protocol_3.pickle" "imagenet/train_data_batch_$k"; done
expect_exit 0 wrcor score --arch "$cell" --data imagenet16 --data-root imagenet --channels 4 --cells 1 --batch-size 6
expect_contains "$stdout" '"status":"ok"'
cp "$source_dir/tests/fixtures/imagenet16/system.pickle" imagenet/train_data_batch_3
refuse 3 "imagenet/train_data_batch_3: found 'posix.system' at byte [0-9]+" \
  wrcor score --arch "$cell" --data imagenet16 --data-root imagenet "${small[@]}"

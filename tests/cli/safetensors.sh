#!/usr/bin/env bash
# Files of safetensors: weights and minibatches that are read, exported weights, a folder for a model hub.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

arch='|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|'
size=(--channels 4 --cells 1)
score() { wrcor score --arch "$arch" "${small[@]}" --proxy wrcor,synflow "$@"; }

# --- weights: what is exported is read back
expect_exit 0 wrcor export "$arch" "${size[@]}" --format safetensors --out net.safetensors
expect_contains "$stderr" "'net.safetensors' has $arch as safetensors"
expect_exit 0 wrcor export "$arch" "${size[@]}" --format safetensors --out again.safetensors --quiet
expect_same_file net.safetensors again.safetensors
expect_exit 0 score
drawn=$stdout
expect_exit 0 score --weights net.safetensors
expect_equal "$stdout" "$drawn"
expect_exit 0 wrcor export "$arch" "${size[@]}" --format weights --out net.pt
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights net.safetensors --format weights --out back.pt
expect_same_file back.pt net.pt
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights net.pt --format safetensors --out back.safetensors
expect_same_file back.safetensors net.safetensors
# The content tells what a file is, not its name.
cp net.safetensors named.pt
expect_exit 0 score --weights named.pt
expect_equal "$stdout" "$drawn"

# --- the folder
unchecked {model,first-model,run}/config.json # of a model
expect_exit 0 wrcor export "$arch" "${size[@]}" --weights net.pt --format safetensors --out model
expect_equal "$(cd model && echo *)" 'README.md config.json model.safetensors network.py'
expect_same_file model/model.safetensors net.safetensors
expect_json "$(<model/config.json)"
expect_contains "$(<model/config.json)" '"schema_version": 1,'
expect_contains "$(<model/config.json)" "\"arch\": \"$arch\""
expect_contains "$(<model/README.md)" "    $arch"
expect_contains "$(<model/README.md)" 'The weights are those of net.pt.'
expect_equal "$(head -n 2 model/README.md)" $'---\nlibrary_name: pytorch'
expect_exit 0 wrcor export "$arch" "${size[@]}" --format python
expect_same_file "$stdout_file" model/network.py
refuse 2 "'model/model.safetensors' exists; choose another --out" wrcor export "$arch" --format safetensors --out model
expect_exit 0 wrcor export 7777 "${size[@]}" --format safetensors --out model --force
expect_contains "$(<model/README.md)" 'The weights are initial ones: the network is not trained.'
mkdir own
printf 'mine\n' >own/README.md
refuse 2 "'own/README.md' exists" wrcor export "$arch" --format safetensors --out own
expect_equal "$(cd own && echo *)" README.md
refuse 2 "--out: 'net.pt' is not a folder; name one, or a file that ends in .safetensors" \
  wrcor export "$arch" --format safetensors --out net.pt
refuse 2 "'model/README.md' is written by the command itself" \
  wrcor export "$arch" --format safetensors --out model --force --log-file model/README.md

# --- a minibatch
if command -v python3 >/dev/null; then
  batch=$source_dir/tests/golden/nb201_small/batch.pt
  tool=$source_dir/tests/tools/safetensors_of_batch.py
  expect_exit 0 wrcor score --arch "$arch" "${size[@]}" --proxy wrcor,meco --batch "$batch"
  expected=$stdout
  for labels in I64 I32 U16 U8; do
    expect_exit 0 python3 "$tool" "$batch" batch.safetensors "$labels"
    expect_exit 0 wrcor score --arch "$arch" "${size[@]}" --proxy wrcor,meco --batch batch.safetensors
    expect_equal "$stdout" "$expected"
  done
fi

# --- refusals, each one line
size_of() { wc -c <"$1"; }
head -c $(($(size_of net.safetensors) - 1)) net.safetensors >short
refuse 3 'short: found a file that cannot be read \([0-9]+ bytes of data, where its tensors take [0-9]+: it is cut short' \
  score --weights short
{ cat net.safetensors && printf x; } >long
refuse 3 'long: found a file that cannot be read \([0-9]+ bytes of data' score --weights long
printf '\377\377\377\377\377\377\377\177{}' >header
refuse 3 'header: found a file that cannot be read \(a header of 9223372036854775807 bytes, more than 16777216\)' \
  score --weights header
printf '\002\0\0\0\0\0\0\0{}' >empty
refuse 3 "'empty' does not hold the weights of this architecture" score --weights empty
refuse 3 "empty: found no 'images'" wrcor score --arch "$arch" "${size[@]}" --batch empty
printf '\072\0\0\0\0\0\0\0{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}x' >eighth
refuse 3 "eighth: found a file that cannot be read \(the tensor 'a' has elements of the unknown type '.*F8_E4M3" \
  score --weights eighth

# --- as the package of Python sees it
python=$(python_with safetensors numpy)
if [ -z "$python" ]; then
  echo 'left out, as no python3 has safetensors and numpy: what that package makes of the files' >&2
  exit 0
fi
expect_exit 0 "$python" "$source_dir/tests/tools/check_safetensors.py" net.safetensors rewritten.safetensors
expect_exit 0 score --weights rewritten.safetensors
expect_equal "$stdout" "$drawn"

#!/usr/bin/env bash
# ONNX models of networks of every space.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

size=(--channels 4 --cells 1 --classes 7)
cells=()
for named in 'plain=|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|' \
  'dead_end=|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|' 'none=0' 'pools=15624'; do
  name=${named%%=*}
  expect_exit 0 wrcor export "${named#*=}" "${size[@]}" --format onnx --out "$name.onnx"
  expect_exit 0 wrcor export "${named#*=}" "${size[@]}" --format safetensors --out "$name.safetensors" --quiet
  cells+=("$name")
done
expect_contains "$(tr -d '\0' <plain.onnx | tr -c '[:print:]' ' ')" BatchNormalization

# A network of each other space.
others=()
other() {
  expect_exit 0 wrcor export "${@:2}" --format onnx --out "$1.onnx" --quiet
  expect_exit 0 wrcor export "${@:2}" --format torchscript --out "$1.pt" --quiet
  others+=("$1")
}
other nats_sss 8:16:24:32:40 --space nats_sss
other nb101 '010001000/conv3x3-bn-relu' --space nb101 --space-option stem_channels=8
other mbv2 'SuperConvK3BNRELU(3,16,2,1)SuperResIDWE2K3(16,24,2,16,2)SuperResIDWE1K3(24,24,1,16,1)SuperConvK1BNRELU(24,64,1,1)@32' \
  --space mbv2
for file in cells chain; do
  wrcor search --space "$source_dir/configs/spaces/$file.yaml" --proxy params --batch-size 2 --budget 2 --strategy random \
    --quiet --out "$file-run" >/dev/null
  other "$file" "$file-run"
done

python=$(python_with onnxruntime numpy)
if [ -z "$python" ]; then
  echo 'left out, as no python3 has onnxruntime and numpy: what ONNX Runtime computes' >&2
  exit 0
fi
expect_exit 0 "$python" "$source_dir/tests/tools/check_onnx.py" "${cells[@]}"
echo "$stdout"
if "$python" -c 'import torch' 2>/dev/null; then
  expect_exit 0 "$python" "$source_dir/tests/tools/check_onnx.py" --torch "${others[@]}"
  echo "$stdout"
else
  echo 'left out, as that python3 lacks torch: the comparison of other spaces with TorchScript' >&2
fi

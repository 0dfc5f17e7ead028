#pragma once

#include "nn/onnx.h"
#include "nn/operator.h"

namespace wrcor {

#define WRCOR_LAYER_KIND(kind)       \
  const Operator& kind##_operator(); \
  std::vector<OnnxNode> kind##_onnx(const OnnxStep& step);
#include "wrcor/space/layer_kinds.inc"
#undef WRCOR_LAYER_KIND

/// "[2, 2]"
std::string pair_text(int value);

}  // namespace wrcor

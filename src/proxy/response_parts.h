#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "nn/network.h"
#include "nn/response.h"
#include "score/response_part.h"

namespace wrcor {

/// The parts of K of WRCor, by unit, activations first, then in the order of the layers; nothing
/// when a response is not finite.
/// @param images  [N, 3, H, W] float32
/// @param labels  [N] int64 in [0, classes)
std::vector<ResponsePart> response_parts(const Network& network, const at::Tensor& images,
                                         const at::Tensor& labels, Counting counting);

}  // namespace wrcor

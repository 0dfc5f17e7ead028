#pragma once

#include "data/synthetic.h"
#include "nn/weights.h"
#include "train/labelled_images.h"
#include "train/trainable_network.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor::test {

/// The plan of a small network, 4 channels, that has every kind of layer.
inline NetworkPlan small_plan() {
  const NasBench201 space({4, 1, 10, 32, 32});
  return space.plan(space.parse(
      "|nor_conv_1x1~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"));
}

inline TrainableNetwork small_network(std::uint64_t seed = 1) {
  return {small_plan(), WeightBank(seed, Initialisation::standard, at::kCPU), at::kCPU};
}

/// The first images of the synthetic data set.
inline LabelledImages some_images(std::int64_t count) {
  std::vector<std::int64_t> indices;
  for (std::int64_t k = 0; k < count; ++k) indices.push_back(k);
  return read_images(*make_synthetic(), indices, 1);
}

}  // namespace wrcor::test

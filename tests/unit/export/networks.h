#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "export/formats.h"
#include "nn/initial_state.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor::test {

/// Cells with all operations, with dead ends, with nodes of zeros, without any layer.
inline const std::vector<std::string> cells_of_all_kinds{
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|skip_connect~"
    "2|",
    "|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|",
    "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|none~1|none~2|",
    "|none~0|+|none~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|nor_conv_3x3~2|",
    "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
};

/// A network as if it had been trained: no tensor has a value that a fresh one has.
inline ExportedNetwork trained_network_of(const SearchSpace& space, const Genotype& genotype) {
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  auto state = initial_state(space.plan(genotype), bank);
  double phase = 0;
  for (auto& [name, tensor] : state) {
    const at::Tensor wave =
        at::sin(at::arange(tensor.numel(), at::kFloat) + ++phase).view_as(tensor);
    if (tensor.scalar_type() == at::kLong) {
      tensor = tensor + 17;
    } else if (name.ends_with("running_var")) {
      tensor = 1 + 0.5 * wave;
    } else {
      tensor = tensor + 0.1 * wave;
    }
  }
  return {space, genotype, std::move(state)};
}

inline ExportedNetwork network_of(const NasBench201& space, const std::string& arch) {
  return trained_network_of(space, space.parse(arch));
}

}  // namespace wrcor::test

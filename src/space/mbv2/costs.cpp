#include "costs.h"

namespace wrcor::mbv2 {
namespace {

NetworkCosts operator+(const NetworkCosts& a, const NetworkCosts& b) {
  return {a.params + b.params, a.flops + b.flops, a.flops_limit + b.flops_limit,
          a.size_published + b.size_published};
}

NetworkCosts operator*(int n, const NetworkCosts& a) {
  return {n * a.params, n * a.flops, n * a.flops_limit, n * a.size_published};
}

/// A layer's input and output; both maps are square.
struct Extent {
  std::int64_t in = 0, out = 0;            ///< channels
  std::int64_t in_area = 0, out_area = 0;  ///< pixels
};

/// @param norms  channels of batch norms, once for every pixel that they see
NetworkCosts sum_of(std::int64_t weights, std::int64_t normed_channels, std::int64_t flops,
                    std::int64_t norms) {
  return {weights + 2 * normed_channels, flops, static_cast<double>(flops + norms),
          weights + normed_channels};
}

NetworkCosts plain_layer(const Block& block, const Extent& at) {
  const std::int64_t weights = at.in * at.out * block.kernel * block.kernel;
  return sum_of(weights, at.out, weights * at.out_area, at.out * at.out_area);
}

NetworkCosts squeeze_excitation(std::int64_t channels, std::int64_t area) {
  const std::int64_t squeezed = squeezed_channels(static_cast<int>(channels));
  const std::int64_t weights = 2 * channels * squeezed;
  const std::int64_t params = weights + 2 * (squeezed + channels);
  return {params, weights, static_cast<double>(weights + channels + channels * area), params};
}

NetworkCosts mobile_layer(const Block& block, const Extent& at, bool squeeze) {
  const std::int64_t depthwise = block.depthwise_channels();
  const std::int64_t expand = at.in * depthwise, project = depthwise * at.out;
  const std::int64_t filter = depthwise * block.kernel * block.kernel;
  const NetworkCosts main_path =
      sum_of(expand + filter + project, 2 * depthwise + at.out,
             expand * at.in_area + (filter + project) * at.out_area,
             depthwise * at.in_area + (depthwise + at.out) * at.out_area);
  return squeeze ? main_path + squeeze_excitation(depthwise, at.out_area) : main_path;
}

/// The shortcut of a mobile block's first layer.
NetworkCosts projection(const Block& block, const Extent& at) {
  const std::int64_t weights = at.in * at.out;
  const double counted_area = static_cast<double>(at.out_area) / (block.stride * block.stride);
  return {weights + 3 * at.out, weights * at.out_area,
          static_cast<double>(weights + at.out) * counted_area, weights + at.out};
}

}  // namespace

NetworkCosts costs_of(const Architecture& architecture, bool squeeze, int classes) {
  NetworkCosts total;
  std::int64_t channels = image_channels, size = architecture.resolution;
  for (const Block& block : architecture.blocks) {
    const std::int64_t smaller = size / block.stride;
    const Extent first{channels, block.out, size * size, smaller * smaller};
    const Extent further{block.out, block.out, first.out_area, first.out_area};
    const auto layer = [&](const Extent& at) {
      return block.is_mobile() ? mobile_layer(block, at, squeeze) : plain_layer(block, at);
    };
    total = total + layer(first) + (block.layers - 1) * layer(further);
    if (block.is_mobile()) total = total + projection(block, first);
    channels = block.out;
    size = smaller;
  }
  const std::int64_t weights = channels * classes;
  return total +
         NetworkCosts{weights + classes, weights, static_cast<double>(weights), weights + 1};
}

}  // namespace wrcor::mbv2

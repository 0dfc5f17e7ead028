#include <string>

#include "network.h"
#include "wrcor/core/error.h"

namespace wrcor::nb101 {
namespace {

/// Weights of convolutions and coefficients of batch norms.
struct Sums {
  std::int64_t weights = 0;
  std::int64_t coefficients = 0;

  Sums& operator+=(const Sums& other) {
    weights += other.weights;
    coefficients += other.coefficients;
    return *this;
  }
  friend Sums operator*(std::int64_t n, Sums a) { return {n * a.weights, n * a.coefficients}; }
};

Sums vertex_sums(const Cell& cell, int channels) {
  const auto widths = vertex_channels(cell, channels);
  Sums sums;
  for (int v = 1; v < cell.output(); ++v) {
    const std::int64_t width = widths[static_cast<std::size_t>(v)];
    if (cell.operation(v) == maxpool3x3) continue;
    sums += {(cell.operation(v) == conv3x3 ? 9 : 1) * width * width, 2 * width};
  }
  return sums;
}

/// @param in  channels of the cell's input
Sums projection_sums(const Cell& cell, std::int64_t in, int channels) {
  const auto widths = vertex_channels(cell, channels);
  std::int64_t projected = 0;
  for (int v = 1; v < cell.vertices; ++v) {
    if (cell.has_edge(0, v)) projected += widths[static_cast<std::size_t>(v)];
  }
  return {in * projected, 2 * projected};
}

/// More than any cell costs, in a number type that does not overflow.
double largest_flops(const NetworkSizes& sizes) {
  double area = static_cast<double>(sizes.input.image.height) * sizes.input.image.width;
  double width = sizes.stem_channels;
  double total = 9 * sizes.input.image.channels * width * area;
  for (int stack = 0; stack < sizes.stacks; ++stack, width *= 2, area /= 4) {
    // At most nine edges from the input, and a 3x3 convolution at each other vertex.
    total += sizes.modules * area * (most_edges + 9 * most_operations) * (width + 2) * width;
  }
  return total + (width + 1) * sizes.input.classes;
}

void require_range(const std::string& what, int value, int least, int most) {
  if (value >= least && value <= most) return;
  throw UsageError("nb101: " + what + ": expected " + std::to_string(least) + " to " +
                   std::to_string(most) + ", got " + std::to_string(value));
}

}  // namespace

Costs network_costs(const Cell& cell, const NetworkSizes& sizes) {
  const auto& [image, classes] = sizes.input;
  std::int64_t area = std::int64_t{image.height} * image.width;
  std::int64_t in = sizes.stem_channels;
  Costs costs;
  const auto add = [&](const Sums& sums) {
    costs.params += sums.weights + sums.coefficients;
    costs.flops += area * sums.weights;
  };
  add({9 * image.channels * in, 2 * in});
  for (int stack = 0; stack < sizes.stacks; ++stack) {
    const int width = sizes.stem_channels << stack;
    if (stack > 0) area /= 4;
    add(sizes.modules * vertex_sums(cell, width));
    add(projection_sums(cell, in, width));
    add((sizes.modules - 1) * projection_sums(cell, width, width));
    in = width;
  }
  costs.params += (in + 1) * classes;
  costs.flops += in * classes;
  return costs;
}

void require_sizes(const NetworkSizes& sizes) {
  require_range("stem_channels", sizes.stem_channels, 4, 4096);
  require_range("stacks", sizes.stacks, 1, 8);
  require_range("modules", sizes.modules, 1, 300);
  const auto& [image, classes] = sizes.input;
  if (classes < 1)
    throw UsageError("nb101: classes: expected at least 1, got " + std::to_string(classes));
  const auto divisible = [&](const char* what, int size) {
    const int divisor = 1 << (sizes.stacks - 1);
    if (size >= divisor && size % divisor == 0) return;
    throw UsageError("nb101: " + std::string(what) + " of the images: expected a multiple of " +
                     std::to_string(divisor) + " (the network of " + std::to_string(sizes.stacks) +
                     " stacks halves it " + std::to_string(sizes.stacks - 1) + " times), got " +
                     std::to_string(size));
  };
  divisible("height", image.height);
  divisible("width", image.width);
  if (largest_flops(sizes) > 0x1p62)
    throw UsageError("nb101: the network is too large to count its costs in 64 bits: " +
                     std::to_string(sizes.stem_channels) + " stem channels, " +
                     std::to_string(sizes.stacks) + " stacks, " + std::to_string(sizes.modules) +
                     " modules, " + std::to_string(classes) + " classes, images " +
                     std::to_string(image.height) + " x " + std::to_string(image.width) +
                     "; choose smaller sizes");
}

}  // namespace wrcor::nb101

#pragma once

#include <span>
#include <vector>

namespace wrcor {

/// The sum for one output position of an axis: weights[k] times the input at first + k.
struct WeightedRange {
  int first = 0;
  std::vector<float> weights;
};

/// Channels-last images whose every channel is multiplied by one matrix from the left and one from
/// the right: out[y, x] = sum over (i, j) of rows[y][i] * columns[x][j] * in[i, j].
/// @param input  [images, height, width, channels], one behind the other
/// @param output  [images, rows.size(), columns.size(), channels], is set
void separable_sum(const float* input, int images, int height, int width, int channels,
                   std::span<const WeightedRange> rows, std::span<const WeightedRange> columns,
                   float* output);

}  // namespace wrcor

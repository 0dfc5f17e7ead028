#pragma once

#include <cstddef>

// The largest number of each window, over channels-last float32 images. Padding never wins; a NaN
// does. Of equal numbers the first wins, in the order of rows and columns.
namespace wrcor {

struct MaxPoolSize {
  std::size_t images = 0, channels = 0;
  std::size_t input_height = 0, input_width = 0;
  std::size_t output_height = 0, output_width = 0;
  std::size_t kernel = 0, stride = 0, padding = 0;  ///< every window has an input
};

void max_pool(const float* input, const MaxPoolSize& size, float* output);

/// @param input_gradient  is set: each output's gradient goes to the number that won
void max_pool_gradient(const float* input, const float* gradient, const MaxPoolSize& size,
                       float* input_gradient);

}  // namespace wrcor

#pragma once

#include <cstddef>
#include <vector>

#include "convolution_kernels.h"

namespace wrcor {

/// One dimension of a convolution, or of those positions of a gradient that use the same weights:
/// output i is written at first_output + i * output_step, and is the sum over the taps t of input
/// first_input + i * input_step + t times weight first_weight + t * weight_step.
struct Axis {
  int outputs = 0;
  int first_output = 0, output_step = 1;
  int first_input = 0, input_step = 1;  ///< inputs outside the image are zero
  int taps = 0;
  int first_weight = 0, weight_step = 1;
};

/// The positions whose patches are multiplied with the same weights.
struct Part {
  Axis rows, columns;
};

/// The sizes of the images, and the parts that lead from the input to the output.
struct ConvolutionParts {
  std::size_t images = 0, kernel = 0;
  std::size_t input_height = 0, input_width = 0, inputs = 0;
  std::size_t output_height = 0, output_width = 0, outputs = 0;
  std::vector<Part> parts;
};

ConvolutionParts forward_parts(const StridedSize& size);
/// For the gradient at the input: one part for the positions of each remainder modulo the stride,
/// row by row.
ConvolutionParts backward_parts(const StridedSize& size);

}  // namespace wrcor

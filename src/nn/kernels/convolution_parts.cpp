#include "convolution_parts.h"

#include <utility>

namespace wrcor {
namespace {

Axis forward_axis(int outputs, const StridedSize& size) {
  return {.outputs = outputs,
          .first_input = -size.padding,
          .input_step = size.stride,
          .taps = size.kernel};
}

/// The axis of the positions phase, phase + stride, ... of a gradient: in the forward direction,
/// weight k took position x to output (x + padding - k) / stride.
Axis backward_axis(int positions, int phase, const StridedSize& size) {
  Axis axis{.outputs = phase < positions ? (positions - 1 - phase) / size.stride + 1 : 0,
            .first_output = phase,
            .output_step = size.stride};
  const int least_weight = (phase + size.padding) % size.stride;
  if (least_weight >= size.kernel) return axis;  // between the patches
  axis.taps = (size.kernel - 1 - least_weight) / size.stride + 1;
  axis.first_input = (phase + size.padding - least_weight) / size.stride - (axis.taps - 1);
  axis.first_weight = least_weight + (axis.taps - 1) * size.stride;
  axis.weight_step = -size.stride;
  return axis;
}

}  // namespace

ConvolutionParts forward_parts(const StridedSize& size) {
  const auto number = [](int value) { return static_cast<std::size_t>(value); };
  return {
      .images = number(size.images),
      .kernel = number(size.kernel),
      .input_height = number(size.input_height),
      .input_width = number(size.input_width),
      .inputs = number(size.inputs),
      .output_height = number(size.output_height),
      .output_width = number(size.output_width),
      .outputs = number(size.outputs),
      .parts = {{forward_axis(size.output_height, size), forward_axis(size.output_width, size)}}};
}

ConvolutionParts backward_parts(const StridedSize& size) {
  ConvolutionParts made = forward_parts(size);
  std::swap(made.input_height, made.output_height);
  std::swap(made.input_width, made.output_width);
  std::swap(made.inputs, made.outputs);
  made.parts.clear();
  for (int row = 0; row < size.stride; ++row) {
    for (int column = 0; column < size.stride; ++column) {
      made.parts.push_back({backward_axis(size.input_height, row, size),
                            backward_axis(size.input_width, column, size)});
    }
  }
  return made;
}

}  // namespace wrcor

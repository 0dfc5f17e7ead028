#pragma once

namespace wrcor {

/// Sizes of a 3x3 convolution of stride 1 and padding 1.
struct ConvolutionSize {
  int images = 0;
  int height = 0;
  int width = 0;
  int inputs = 0;   ///< channels; together with outputs a multiple of 4
  int outputs = 0;  ///< channels
};

/// A ReLU in front of a convolution, forward or backward.
struct ReluFusion {
  bool of_input = false;  ///< the input passes the ReLU first
  /// The output is a gradient that passes the ReLU backward: zero where these are not above 0;
  /// [images, height, width, outputs], null without.
  const float* values = nullptr;
};

/// The convolution of channels-last float32 images by the minimal filtering algorithm F(2x2, 3x3),
/// which takes 16 multiplications where the sum takes 36, and rounds off no more than that does.
/// (F(4x4, 3x3) would take 9, and round off five times as much: in one of 16 golden networks the
/// sign of a ReLU's input flips.) Source: Lavin and Gray, arXiv 1509.09308, section 4.1.
/// @param input  [images, height, width, inputs]
/// @param weights  [3, 3, inputs, outputs]
/// @param fusion  what is done on the way
/// @param output  [images, height, width, outputs], is set
void winograd_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                          const ReluFusion& fusion, float* output);

}  // namespace wrcor

#pragma once

#include <cstddef>
#include <cstdint>

namespace wrcor {

/// Sizes of a convolution of stride 1 whose output is as large as its input.
struct ConvolutionSize {
  int images = 0;
  int height = 0;
  int width = 0;
  int inputs = 0;   ///< channels
  int outputs = 0;  ///< channels
};

/// Sizes of any convolution.
struct StridedSize {
  int images = 0;
  int input_height = 0, input_width = 0;
  int output_height = 0, output_width = 0;
  int inputs = 0;   ///< channels
  int outputs = 0;  ///< channels
  int kernel = 0, stride = 0, padding = 0;
};

/// A ReLU in front of a convolution, forward or backward.
struct ReluFusion {
  bool of_input = false;  ///< the input passes the ReLU first
  /// Where the output is a gradient that passes backward through the ReLU: relu_mask() of the
  /// ReLU's input; otherwise null.
  const std::uint8_t* mask = nullptr;
};

inline constexpr int relu_mask_slack = 8;  ///< bytes past a mask that may be read with its last

/// Sets a bit for each value that a ReLU passes, the first of a byte in its lowest bit.
/// @param mask  [ceil(count / 8) + relu_mask_slack]; what follows the last bit is not set
void relu_mask(const float* values, std::size_t count, std::uint8_t* mask);

enum class Tile {
  small,  ///< of 2x2 outputs: 16 multiplications instead of 36, no more rounding than theirs
  large,  ///< of 4x4 outputs: 36 instead of 144, three and a half times the rounding
};

/// The 3x3 convolution of channels-last float32 images by minimal filtering. Small tiles are for
/// everything that decides the sign of a ReLU's input: where two implementations differ in a sign,
/// their scores differ by more than rounding. Large tiles are for gradients; they do not keep a
/// zero exact.
/// Source: Lavin and Gray, arXiv 1509.09308, section 4.1.
/// @param input  [images, height, width, inputs]
/// @param weights  [3, 3, inputs, outputs]
/// @param fusion  what is done on the way
/// @param output  [images, height, width, outputs], is set
void winograd_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                          Tile tile, const ReluFusion& fusion, float* output);

/// The 1x1 convolution of such images.
/// @param weights  [inputs, outputs]
void pointwise_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                           const ReluFusion& fusion, float* output);

/// Any convolution of such images, as a product of their patches with the weights.
/// @param weights  [kernel, kernel, inputs, outputs]
void im2col_convolution(const float* input, const float* weights, const StridedSize& size,
                        const ReluFusion& fusion, float* output);

/// The gradient at the input of such a convolution.
/// @param gradient  [images, output_height, output_width, outputs]
/// @param weights  [kernel, kernel, outputs, inputs]
/// @param input_gradient  [images, input_height, input_width, inputs], is set
void im2col_gradient(const float* gradient, const float* weights, const StridedSize& size,
                     const ReluFusion& fusion, float* input_gradient);

/// The convolution of every channel with its own filter: as many outputs as inputs.
/// @param weights  [kernel, kernel, channels]
void depthwise_convolution(const float* input, const float* weights, const StridedSize& size,
                           const ReluFusion& fusion, float* output);

/// The gradient at the input of such a convolution.
void depthwise_gradient(const float* gradient, const float* weights, const StridedSize& size,
                        const ReluFusion& fusion, float* input_gradient);

}  // namespace wrcor

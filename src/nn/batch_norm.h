#pragma once

#include <ATen/ATen.h>

#include <span>

namespace wrcor {

/// How batch-norm layers normalise during a pass.
enum class NormMode {
  minibatch,  ///< normalise with the minibatch's own statistics, as in training
  off,        ///< pass their input on unchanged
  initial,    ///< evaluation mode with fresh running statistics: mean 0, variance 1
};

/// A row for every position of every sample: [N, C, H, W] as [N*H*W, C], a view of a channels-last
/// tensor.
at::Tensor channel_rows(const at::Tensor& tensor);

/// The state that the backward pass of a batch norm needs.
struct BatchNormState {
  at::Tensor input;              ///< [N, C, H, W]
  at::Tensor mean;               ///< [C]
  at::Tensor inverse_deviation;  ///< [C], 1 / sqrt(variance + epsilon)
  double epsilon = 0;
};

/// Batch norm in training mode with the minibatch's own (biased) statistics.
///
/// On the CPU float32 goes through vector code. libtorch's channels-last kernel computes its
/// statistics from plain float32 sums, with errors of 6e-6 (here 1e-7) that would show in the
/// scores.
///
/// @param input  [N, C, H, W]
/// @param weight, bias  gamma and beta, [C]
at::Tensor batch_norm(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                      double epsilon, BatchNormState& state);

/// factor * (x - mean) + bias, with one of each per channel.
struct ChannelScale {
  at::Tensor mean;    ///< [C], as the others
  at::Tensor factor;  ///< undefined: x itself
  at::Tensor bias;
};

/// A batch norm that is still to be applied to `state.input`, for tensors of the vector code.
ChannelScale batch_norm_scale(const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, double epsilon, BatchNormState& state);

struct Summand {
  at::Tensor value;  ///< [N, C, H, W]
  ChannelScale scale;
};

/// The sum from left to right, equal to that of the scaled tensors to the last bit.
/// @param summands  of one shape, at least two; with a scale only tensors of the vector code
at::Tensor scaled_sum(std::span<const Summand> summands);

/// Gradient at the input, [N, C, H, W], computed from the gradient at the output; the derivatives
/// of the statistics are included.
at::Tensor batch_norm_backward(const at::Tensor& gradient, const at::Tensor& weight,
                               const BatchNormState& state);

/// A gradient and the rate at which it changes, [N, C, H, W].
struct GradientRate {
  const at::Tensor& value;
  const at::Tensor& rate;
};

/// The rate of the gradient at the input when the input changes, too.
at::Tensor batch_norm_backward_rate(const GradientRate& gradient, const at::Tensor& input_rate,
                                    const at::Tensor& weight, const BatchNormState& state);

}  // namespace wrcor

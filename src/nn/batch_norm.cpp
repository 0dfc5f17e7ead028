#include "wrcor/nn/batch_norm.h"

namespace wrcor {
namespace {

/// Inverse of channel_rows for a tensor of the shape of `like`; the result is channels-last.
at::Tensor from_rows(const at::Tensor& rows, const at::Tensor& like) {
  return rows.view({like.size(0), like.size(2), like.size(3), like.size(1)}).permute({0, 3, 1, 2});
}

/// [C] means of rows: float32 within blocks, float64 over them, for the errors of a statistic are
/// shared by all samples and show in their correlations.
at::Tensor column_means(const at::Tensor& rows, std::int64_t blocks) {
  const at::Tensor sums = rows.view({blocks, -1, rows.size(1)}).sum(1);
  return (sums.to(at::kDouble).sum(0) / static_cast<double>(rows.size(0))).to(rows.scalar_type());
}

}  // namespace

at::Tensor channel_rows(const at::Tensor& tensor) {
  return tensor.permute({0, 2, 3, 1}).reshape({-1, tensor.size(1)});
}

at::Tensor batch_norm(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                      BatchNormState& state) {
  if (!input.device().is_cpu()) {
    auto [value, mean, inverse_deviation] = at::native_batch_norm(
        input, weight, bias, {}, {}, /*training=*/true, /*momentum=*/0.1, batch_norm_epsilon);
    state = {input, mean, inverse_deviation};
    return value;
  }
  const at::Tensor rows = channel_rows(input);
  state.input = rows - column_means(rows, input.size(0));
  const at::Tensor variance = column_means(state.input * state.input, input.size(0));
  state.inverse_deviation = (variance + batch_norm_epsilon).rsqrt();
  return from_rows(at::addcmul(bias, state.input, weight * state.inverse_deviation), input);
}

at::Tensor batch_norm_backward(const at::Tensor& gradient, const at::Tensor& weight,
                               const BatchNormState& state) {
  if (!gradient.device().is_cpu()) {
    return std::get<0>(at::native_batch_norm_backward(
        gradient, state.input, weight, {}, {}, state.mean, state.inverse_deviation, /*train=*/true,
        batch_norm_epsilon, {true, false, false}));
  }
  // d input = scale * (gradient - mean(gradient) - x * mean(gradient * x)), x the normalised input.
  const at::Tensor rows = channel_rows(gradient);
  const at::Tensor scale = weight * state.inverse_deviation;
  const at::Tensor slope =
      column_means(rows * state.input, gradient.size(0)) * state.inverse_deviation.square();
  at::Tensor result = rows - column_means(rows, gradient.size(0));
  result.addcmul_(state.input, -slope);
  return from_rows(result.mul_(scale), gradient);
}

}  // namespace wrcor

#include "nn/batch_norm.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

#include "feature_images.h"
#include "nn/kernels/channel_rows.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

std::span<const float> values_of(const at::Tensor& vector) {
  return {vector.data_ptr<float>(), static_cast<std::size_t>(vector.numel())};
}

ChannelCoefficients coefficients_of(const ChannelScale& scale) {
  if (!scale.factor.defined()) return {};
  return {scale.mean.data_ptr<float>(), scale.factor.data_ptr<float>(),
          scale.bias.data_ptr<float>()};
}

double count_of(const ChannelRows& rows) {
  return static_cast<double>(rows.images * rows.positions);
}

/// By channel: the sums of value - offset and of its square. Squares beyond the range of float32,
/// as of values above 1e19, are summed again in float64.
void moments(const float* values, const ChannelRows& rows, std::span<const float> offsets,
             std::span<double> sums, std::span<double> squares) {
  channel_moments(values, rows, offsets, sums, squares);
  const auto held = [](double sum) { return std::isfinite(sum); };
  if (std::all_of(sums.begin(), sums.end(), held) &&
      std::all_of(squares.begin(), squares.end(), held))
    return;
  std::fill(sums.begin(), sums.end(), 0.0);
  std::fill(squares.begin(), squares.end(), 0.0);
  for (std::size_t row = 0; row < rows.images * rows.positions; ++row) {
    for (std::size_t c = 0; c < rows.channels; ++c) {
      const double difference = double{values[row * rows.channels + c]} - offsets[c];
      sums[c] += difference;
      squares[c] += difference * difference;
    }
  }
}

/// Means and inverse deviations of the channels.
void measure(const float* values, const ChannelRows& rows, BatchNormState& state) {
  std::vector<float> offsets(rows.channels, 0.0f);
  std::vector<double> sums(rows.channels), squares(rows.channels);
  // The means of the first image are close to all means, so the squares of the differences do not
  // cancel.
  const ChannelRows first{1, rows.positions, rows.channels};
  moments(values, first, offsets, sums, squares);
  for (std::size_t c = 0; c < rows.channels; ++c)
    offsets[c] = static_cast<float>(sums[c] / count_of(first));
  moments(values, rows, offsets, sums, squares);
  for (std::size_t c = 0; c < rows.channels; ++c) {
    const double mean = sums[c] / count_of(rows);
    const double variance = std::max(squares[c] / count_of(rows) - mean * mean, 0.0);
    state.mean.data_ptr<float>()[c] = static_cast<float>(offsets[c] + mean);
    state.inverse_deviation.data_ptr<float>()[c] =
        static_cast<float>(1 / std::sqrt(variance + state.epsilon));
  }
}

/// By channel, the mean of a * (b - offset).
at::Tensor mean_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& offset) {
  if (!has_vector_code(a) || !has_vector_code(b))
    return (a * (b - offset.view({1, -1, 1, 1}))).mean({0, 2, 3});
  const at::Tensor first = a.contiguous(at::MemoryFormat::ChannelsLast),
                   second = b.contiguous(at::MemoryFormat::ChannelsLast);
  std::vector<double> sums(static_cast<std::size_t>(a.size(1))), products(sums.size());
  channel_products(first.data_ptr<float>(), second.data_ptr<float>(), rows_of(first),
                   values_of(offset), sums, products);
  at::Tensor means = at::empty_like(offset);
  for (std::size_t c = 0; c < sums.size(); ++c)
    means.data_ptr<float>()[c] = static_cast<float>(products[c] / count_of(rows_of(first)));
  return means;
}

/// The factor of the statistics before any minibatch has changed them.
at::Tensor initial_factor(const Network::LayerWeights& weights, const Layer& layer) {
  return (weights.weight / std::sqrt(1.0 + layer.epsilon)).view({1, -1, 1, 1});
}

class BatchNorm final : public Operator {
 public:
  Reads reads() const override { return {.statistics = true}; }
  bool per_image() const override { return false; }
  bool defers_scale(NormMode norms) const override { return norms == NormMode::minibatch; }

  at::Tensor forward(const ForwardStep& step) const override {
    const auto& [weight, bias] = step.weights;
    const at::Tensor& input = step.inputs.front();
    switch (step.norms) {
      case NormMode::minibatch: {
        BatchNormState unused;
        BatchNormState& state = step.statistics != nullptr ? *step.statistics : unused;
        if (step.deferred == nullptr || !has_vector_code(input))
          return batch_norm(input, weight, bias, step.layer.epsilon, state);
        *step.deferred = batch_norm_scale(input, weight, bias, step.layer.epsilon, state);
        return state.input;
      }
      case NormMode::off:
        return input;
      case NormMode::initial:
        return input * initial_factor(step.weights, step.layer) + bias.view({1, -1, 1, 1});
    }
    throw std::logic_error("unknown mode of batch norm");
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    if (step.norms == NormMode::off) return step.gradient;
    if (step.norms == NormMode::initial)
      return step.gradient * initial_factor(step.weights, step.layer);
    return batch_norm_backward(step.gradient, step.weights.weight, *step.statistics);
  }

  /// The derivative of a batch norm is symmetric.
  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    return batch_norm_backward(rates.front(), step.weights.weight, *step.statistics);
  }

  at::Tensor input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                 std::span<const at::Tensor> rates, std::size_t) const override {
    return batch_norm_backward_rate({step.gradient, gradient_rate}, rates.front(),
                                    step.weights.weight, *step.statistics);
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.batch_norm({}, self.weight, self.bias, self.running_mean, "
                        "self.running_var, self.training, 0.1, {}, True)",
                        inputs.front(), layer.epsilon),
            "BatchNorm2d", "  if self.training:\n    self.num_batches_tracked.add_(1)\n"};
  }
};

}  // namespace

const Operator& batch_norm_operator() {
  static const BatchNorm instance;
  return instance;
}

at::Tensor channel_rows(const at::Tensor& tensor) {
  return tensor.permute({0, 2, 3, 1}).reshape({-1, tensor.size(1)});
}

at::Tensor batch_norm(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                      double epsilon, BatchNormState& state) {
  if (!has_vector_code(input)) {
    auto [value, mean, inverse_deviation] = at::native_batch_norm(
        input, weight, bias, {}, {}, /*training=*/true, /*momentum=*/0.1, epsilon);
    state = {input, mean, inverse_deviation, epsilon};
    return value;
  }
  const ChannelScale scale = batch_norm_scale(input, weight, bias, epsilon, state);
  at::Tensor output = at::empty_like(state.input);
  scale_channels(state.input.data_ptr<float>(), rows_of(input), coefficients_of(scale),
                 output.data_ptr<float>());
  return output;
}

ChannelScale batch_norm_scale(const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, double epsilon, BatchNormState& state) {
  state = {input.contiguous(at::MemoryFormat::ChannelsLast), at::empty_like(weight),
           at::empty_like(weight), epsilon};
  measure(state.input.data_ptr<float>(), rows_of(input), state);
  return {state.mean, weight * state.inverse_deviation, bias};
}

at::Tensor scaled_sum(std::span<const Summand> summands) {
  const auto has_rows = [](const Summand& summand) {
    return has_vector_code(summand.value) && summand.value.dim() == 4;
  };
  if (!std::all_of(summands.begin(), summands.end(), has_rows)) {
    at::Tensor total = summands[0].value + summands[1].value;
    for (const Summand& more : summands.subspan(2)) total.add_(more.value);
    return total;
  }
  std::vector<at::Tensor> values;
  std::vector<ScaledValues> terms;
  for (const Summand& summand : summands) {
    values.push_back(summand.value.contiguous(at::MemoryFormat::ChannelsLast));
    terms.push_back({values.back().data_ptr<float>(), coefficients_of(summand.scale)});
  }
  at::Tensor total = at::empty_like(values.front());
  sum_scaled(terms, rows_of(total), total.data_ptr<float>());
  return total;
}

at::Tensor batch_norm_backward(const at::Tensor& gradient, const at::Tensor& weight,
                               const BatchNormState& state) {
  if (!has_vector_code(gradient)) {
    return std::get<0>(at::native_batch_norm_backward(
        gradient, state.input, weight, {}, {}, state.mean, state.inverse_deviation, /*train=*/true,
        state.epsilon, {true, false, false}));
  }
  // d input = scale * (gradient - mean(gradient) - x * mean(gradient * x)), x the normalised input.
  const at::Tensor contiguous = gradient.contiguous(at::MemoryFormat::ChannelsLast);
  const float* gradients = contiguous.data_ptr<float>();
  const at::Tensor input = state.input.contiguous(at::MemoryFormat::ChannelsLast);
  const float* values = input.data_ptr<float>();
  const ChannelRows rows = rows_of(gradient);
  std::vector<double> sums(rows.channels), products(rows.channels);
  channel_products(gradients, values, rows, values_of(state.mean), sums, products);
  std::vector<float> means(rows.channels), slopes(rows.channels);
  for (std::size_t c = 0; c < rows.channels; ++c) {
    const double inverse = values_of(state.inverse_deviation)[c];
    means[c] = static_cast<float>(sums[c] / count_of(rows));
    slopes[c] = static_cast<float>(products[c] / count_of(rows) * inverse * inverse);
  }
  const at::Tensor scales = weight * state.inverse_deviation;
  at::Tensor result = at::empty_like(contiguous);
  combine_channels(gradients, values, rows, values_of(state.mean), means, slopes, values_of(scales),
                   result.data_ptr<float>());
  return result;
}

at::Tensor batch_norm_backward_rate(const GradientRate& gradient, const at::Tensor& input_rate,
                                    const at::Tensor& weight, const BatchNormState& state) {
  // With u = (x - mean) / deviation, by channel, and means over the minibatch:
  // gradient at x = weight / deviation * (G - mean(G) - u mean(u G)).
  const at::Tensor& inverse = state.inverse_deviation;
  const auto of_channels = [](const at::Tensor& values) { return values.view({1, -1, 1, 1}); };
  const auto mean_with_unit = [&](const at::Tensor& values) {
    return mean_product(values, state.input, state.mean) * inverse;
  };
  const at::Tensor unit_rate = batch_norm_backward(input_rate, at::ones_like(weight), state);
  const at::Tensor growth = mean_with_unit(input_rate) * inverse;  // of the deviation, in its units
  const at::Tensor slope = mean_with_unit(gradient.value);
  const at::Tensor total =
      at::addcmul(at::addcmul(gradient.rate, gradient.value, of_channels(growth), -1), unit_rate,
                  of_channels(slope), -1);
  // Because of epsilon, the mean of u * (rate of u) is not quite 0.
  const at::Tensor left = mean_product(gradient.value, unit_rate, at::zeros_like(state.mean)) +
                          slope * growth * inverse.square() * state.epsilon;
  return at::addcmul(batch_norm_backward(total, weight, state),
                     state.input - of_channels(state.mean),
                     of_channels(weight * inverse.square() * left), -1);
}

std::vector<OnnxNode> batch_norm_onnx(const OnnxStep& step) {
  return {{"BatchNormalization",
           {step.inputs.front(), step.layer.parameters[0].name, step.layer.parameters[1].name,
            step.layer.buffers[0].name, step.layer.buffers[1].name},
           step.output,
           {{"epsilon", static_cast<float>(step.layer.epsilon)}}}};
}

}  // namespace wrcor

#include "wrcor/nn/weights.h"

#include <cmath>
#include <span>

#include "wrcor/core/random.h"

namespace wrcor {
namespace {

double deviation(const Parameter& parameter, Initialisation initialisation) {
  const auto fan_in = static_cast<double>(parameter.fan_in);
  const auto fan_out = static_cast<double>(parameter.fan_out);
  switch (initialisation) {
    case Initialisation::xavier:
      return std::sqrt(2.0 / (fan_in + fan_out));
    case Initialisation::kaiming:
      return std::sqrt(2.0 / fan_in);
    case Initialisation::normal:
    case Initialisation::standard:
      break;
  }
  return 1.0;
}

at::Tensor draw(const Parameter& parameter, Initialisation initialisation, Rng rng) {
  if (parameter.role == ParameterRole::norm_gamma) return at::ones(parameter.shape);
  if (parameter.role == ParameterRole::norm_beta) return at::zeros(parameter.shape);
  at::Tensor tensor = at::empty(parameter.shape, at::kFloat);
  const std::span<float> values(tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
  if (initialisation == Initialisation::standard || parameter.role == ParameterRole::linear_bias) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(parameter.fan_in));
    for (float& value : values) value = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
  } else {
    const double scale = deviation(parameter, initialisation);
    for (float& value : values) value = static_cast<float>(scale * rng.normal());
  }
  return tensor;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

}  // namespace

std::vector<Parameter> parameters_of(const NetworkPlan& plan, const Layer& layer) {
  const std::int64_t out = layer.out.channels;
  switch (layer.kind) {
    case LayerKind::convolution: {
      const std::int64_t in =
          plan.layers[static_cast<std::size_t>(layer.inputs.front())].out.channels;
      const std::int64_t area = std::int64_t{layer.kernel} * layer.kernel;
      return {{layer.name + ".weight",
               {out, in, layer.kernel, layer.kernel},
               ParameterRole::convolution_weight,
               in * area,
               out * area}};
    }
    case LayerKind::batch_norm:
      return {{layer.name + ".weight", {out}, ParameterRole::norm_gamma},
              {layer.name + ".bias", {out}, ParameterRole::norm_beta}};
    case LayerKind::linear: {
      const std::int64_t in =
          plan.layers[static_cast<std::size_t>(layer.inputs.front())].out.channels;
      return {{layer.name + ".weight", {out, in}, ParameterRole::linear_weight, in, out},
              {layer.name + ".bias", {out}, ParameterRole::linear_bias, in, out}};
    }
    case LayerKind::input:
    case LayerKind::relu:
    case LayerKind::average_pool:
    case LayerKind::sum:
    case LayerKind::zero:
    case LayerKind::global_average:
      return {};
  }
  return {};
}

WeightBank::WeightBank(std::uint64_t seed, Initialisation initialisation, at::Device device)
    : seed_(seed), initialisation_(initialisation), device_(device) {}

at::Tensor WeightBank::get(const Parameter& parameter) const {
  const std::string shape = shape_text(parameter.shape);
  const std::lock_guard lock(mutex_);
  at::Tensor& tensor = drawn_[parameter.name + " " + shape];
  if (!tensor.defined()) {
    const Rng rng(derive_seed(seed_, {"weights", parameter.name, shape}));
    tensor = draw(parameter, initialisation_, rng).to(device_);
  }
  return tensor;
}

}  // namespace wrcor

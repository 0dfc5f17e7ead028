#include "nn/weights.h"

#include <cmath>
#include <span>
#include <stdexcept>

#include "wrcor/core/random.h"

namespace wrcor {
namespace {

/// The distribution that a parameter is drawn from.
Distribution distribution_of(const Parameter& parameter, Initialisation initialisation) {
  if (parameter.role != ParameterRole::weight) return parameter.initial;
  const auto fan_in = static_cast<double>(parameter.fan_in);
  const auto fan_out = static_cast<double>(parameter.fan_out);
  switch (initialisation) {
    case Initialisation::standard:
      return parameter.initial;
    case Initialisation::xavier:
      return {Distribution::Kind::normal, std::sqrt(2.0 / (fan_in + fan_out))};
    case Initialisation::kaiming:
      return {Distribution::Kind::normal, std::sqrt(2.0 / fan_in)};
    case Initialisation::normal:
      return {Distribution::Kind::normal, 1.0};
  }
  throw std::logic_error("unknown initialisation");
}

at::Tensor draw(const Parameter& parameter, Initialisation initialisation, Rng rng) {
  const auto [kind, size] = distribution_of(parameter, initialisation);
  if (kind == Distribution::Kind::constant) return at::full(parameter.shape, size, at::kFloat);
  at::Tensor tensor = at::empty(parameter.shape, at::kFloat);
  const std::span<float> values(tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
  for (float& value : values) {
    const double drawn =
        kind == Distribution::Kind::uniform ? 2.0 * rng.uniform() - 1.0 : rng.normal();
    value = static_cast<float>(size * drawn);
  }
  return tensor;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

}  // namespace

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

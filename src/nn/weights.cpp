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

WeightBank::WeightBank(std::uint64_t seed, Initialisation initialisation, at::Device device,
                       std::int64_t limit)
    : seed_(seed), initialisation_(initialisation), device_(device), limit_(limit) {}

// Two threads that need one tensor at the same time may both draw it: they draw the same values.
at::Tensor WeightBank::get(const Parameter& parameter) const {
  const std::string shape = shape_text(parameter.shape);
  // The range of a bias depends on the layer's fan-in, which the shape of the bias does not show.
  const std::string key = parameter.name + " " + shape + " " + std::to_string(parameter.fan_in);
  if (at::Tensor tensor = find(key); tensor.defined()) return tensor;
  const Rng rng(derive_seed(seed_, {"weights", parameter.name, shape}));
  at::Tensor tensor = draw(parameter, initialisation_, rng).to(device_);
  keep(key, tensor);
  return tensor;
}

at::Tensor WeightBank::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->tensor;
}

void WeightBank::keep(const std::string& key, const at::Tensor& tensor) const {
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return;  // another thread was faster
  kept_.push_front({key, tensor});
  by_key_[key] = kept_.begin();
  bytes_ += static_cast<std::int64_t>(tensor.nbytes());
  while (bytes_ > limit_ && kept_.size() > 1) {
    bytes_ -= static_cast<std::int64_t>(kept_.back().tensor.nbytes());
    by_key_.erase(kept_.back().key);
    kept_.pop_back();
  }
}

}  // namespace wrcor

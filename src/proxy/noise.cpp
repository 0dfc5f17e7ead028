#include "wrcor/proxy/noise.h"

#include <span>

namespace wrcor {
namespace {

std::span<float> values_of(at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

at::Tensor Noise::normal(int draw, at::IntArrayRef shape) const {
  std::string key = "normal " + std::to_string(draw);
  for (const std::int64_t size : shape) key += "x" + std::to_string(size);
  const std::lock_guard lock(mutex_);
  at::Tensor& kept = drawn_[key];
  if (!kept.defined()) {
    Rng rng(derive_seed(seed_, {key}));
    at::Tensor tensor = at::empty(shape, at::kFloat);
    for (float& value : values_of(tensor)) value = static_cast<float>(rng.normal());
    kept = tensor.to(device_);
  }
  return kept;
}

at::Tensor Noise::signs(int block, at::IntArrayRef shape) const {
  Rng rng(derive_seed(seed_, {"signs", std::to_string(block)}));
  at::Tensor tensor = at::empty(shape, at::kFloat);
  std::uint64_t bits = 0;
  int left = 0;
  for (float& value : values_of(tensor)) {
    if (left == 0) {
      bits = rng.next();
      left = 64;
    }
    value = (bits & 1U) != 0 ? 1.0F : -1.0F;
    bits >>= 1U;
    --left;
  }
  return tensor.to(device_);
}

}  // namespace wrcor

#include "proxy/noise.h"

#include <algorithm>
#include <span>

namespace wrcor {
namespace {

std::span<float> elements_of(at::Tensor& tensor) {
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
    for (float& value : elements_of(tensor)) value = static_cast<float>(rng.normal());
    kept = tensor.to(device_);
  }
  return kept;
}

at::Tensor Noise::signs(int block, at::IntArrayRef shape) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = signs_.find(block);
    if (found != signs_.end() && found->second.sizes() == shape) return found->second;
  }
  Rng rng(derive_seed(seed_, {"signs", std::to_string(block)}));
  at::Tensor tensor = at::empty(shape, at::kFloat);
  std::span<float> left = elements_of(tensor);
  while (!left.empty()) {
    std::uint64_t bits = rng.next();
    const std::size_t count = std::min<std::size_t>(left.size(), 64);
    for (std::size_t i = 0; i < count; ++i, bits >>= 1U)
      left[i] = 2.0F * static_cast<float>(bits & 1U) - 1.0F;
    left = left.subspan(count);
  }
  if (tensor.dim() == 4) tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
  return kept_signs(block, tensor.to(device_));
}

at::Tensor Noise::kept_signs(int block, at::Tensor signs) const {
  constexpr std::int64_t most_kept = std::int64_t{64} << 20;
  const std::lock_guard lock(mutex_);
  at::Tensor& kept = signs_[block];
  if (kept.defined()) kept_bytes_ -= static_cast<std::int64_t>(kept.nbytes());
  const auto bytes = static_cast<std::int64_t>(signs.nbytes());
  kept = kept_bytes_ + bytes <= most_kept ? signs : at::Tensor();
  if (kept.defined()) {
    kept_bytes_ += bytes;
  } else {
    signs_.erase(block);
  }
  return signs;
}

}  // namespace wrcor

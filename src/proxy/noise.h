#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "wrcor/core/random.h"

namespace wrcor {

/// The source of random numbers for proxies. A draw is a function of the seed and its purpose,
/// never of earlier draws; safe to use from several threads.
class Noise {
 public:
  Noise(std::uint64_t seed, at::Device device) : seed_(seed), device_(device) {}
  virtual ~Noise() = default;

  /// Standard normal numbers, float32. Cached: the same for all callers.
  /// @param draw  number of the draw: 0 for the first in a definition, 1 for the second
  virtual at::Tensor normal(int draw, at::IntArrayRef shape) const;
  /// Independent fair signs, +1 or -1, float32, channels last. The last shape of every block is
  /// cached, up to a total of 64 MiB.
  virtual at::Tensor signs(int block, at::IntArrayRef shape) const;
  /// A stream of random numbers for anything else.
  Rng stream(std::string_view purpose) const { return Rng(derive_seed(seed_, {purpose})); }

 private:
  at::Tensor kept_signs(int block, at::Tensor signs) const;

  std::uint64_t seed_;
  at::Device device_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, at::Tensor> drawn_;
  mutable std::map<int, at::Tensor> signs_;  ///< by block
  mutable std::int64_t kept_bytes_ = 0;      ///< of signs_
};

}  // namespace wrcor

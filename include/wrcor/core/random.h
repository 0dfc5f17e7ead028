#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace wrcor {

/// Seeds of the parts of a run, all derived from its own.
struct Seeds {
  std::uint64_t data;      ///< of the minibatch
  std::uint64_t weights;   ///< of weights and of noise
  std::uint64_t search;    ///< of the strategy
  std::uint64_t training;  ///< of the choice of images, their order and their augmentation
};

/// @param run  seed of the run
Seeds seeds_of(std::uint64_t run);

/// Seed of an independent stream: a stable hash of the master seed and the purpose of the stream,
/// such as derive_seed(seed, {"weights", "stem.0.weight"}). Never depends on what was drawn before.
std::uint64_t derive_seed(std::uint64_t master, std::initializer_list<std::string_view> purpose);

/// Random numbers whose values are fixed by this program, not by the standard library's
/// distributions: the same seed gives the same draws on every platform.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  /// Uniform in [0, n); n >= 1. Unbiased.
  std::uint64_t below(std::uint64_t n);
  /// Uniform in [0, 1), 53 random bits.
  double uniform();
  /// Standard normal (Box-Muller).
  double normal();
  bool coin() { return (next() >> 63) != 0; }

  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t k = items.size(); k > 1; --k) std::swap(items[k - 1], items[below(k)]);
  }

 private:
  std::mt19937_64 engine_;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace wrcor

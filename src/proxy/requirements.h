#pragma once

#include <cstdint>
#include <initializer_list>

#include "nn/batch_norm.h"

namespace wrcor {

/// Images, without labels, that a network can receive.
enum class View : unsigned {
  data,              ///< x, the minibatch
  data_perturbed,    ///< x + 0.01 e
  data_perturbed_2,  ///< x + 0.01 e'
  noise,             ///< e
  noise_perturbed,   ///< e + 0.01 e'
};

/// A measurement of a network that a proxy can request.
enum class Need : std::uint32_t {
  activation_correlations = 1U << 0U,
  gradient_correlations = 1U << 1U,
  activation_codes = 1U << 2U,
  gradient_codes = 1U << 3U,
  activation_patterns = 1U << 4U,
  weight_gradients = 1U << 5U,
  channel_saliency = 1U << 6U,
  input_jacobian = 1U << 7U,
  block_covariances = 1U << 8U,
  block_pullbacks = 1U << 9U,
  noise_block_covariances = 1U << 10U,
  noise_block_pullbacks = 1U << 11U,
  logits = 1U << 12U,
  channel_records = 1U << 13U,
  path_strength = 1U << 14U,
  half_gradients = 1U << 15U,
};

// The needs of the blocks for View::data or View::noise.
constexpr Need block_covariances_of(View view) {
  return view == View::noise ? Need::noise_block_covariances : Need::block_covariances;
}
constexpr Need block_pullbacks_of(View view) {
  return view == View::noise ? Need::noise_block_pullbacks : Need::block_pullbacks;
}

/// The need of the features of a view.
constexpr Need features_of(View view, NormMode norms) {
  constexpr unsigned first_bit = 16, modes = 2;
  return Need{
      1U << (first_bit + modes * static_cast<unsigned>(view) + (norms == NormMode::off ? 1U : 0U))};
}

/// A set of needs.
class Requirements {
 public:
  Requirements() = default;
  Requirements(std::initializer_list<Need> needs) {
    for (const Need need : needs) bits_ |= static_cast<std::uint32_t>(need);
  }
  bool has(Need need) const { return (bits_ & static_cast<std::uint32_t>(need)) != 0; }
  bool any() const { return bits_ != 0; }
  bool covers(Requirements other) const { return (other.bits_ & ~bits_) == 0; }
  Requirements& operator|=(Requirements other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend Requirements operator&(Requirements a, Requirements b) {
    a.bits_ &= b.bits_;
    return a;
  }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace wrcor

#pragma once

#include <array>
#include <span>

#include <ATen/ATen.h>

#include "nn/response.h"

namespace wrcor {

/// The number of bits of their binary codes [X > 0] that two samples share, summed over the
/// responses of a side with their multiplicities. Nothing is dropped: a response that is zero
/// everywhere, such as a dead gradient, adds its number of features to every entry.
/// Source: Mellor et al., arXiv 2006.04647; Jing et al., arXiv 2507.08841.
class BinaryCodeSums final : public TapObserver {
 public:
  BinaryCodeSums(const NetworkPlan& plan, std::span<const Tap> taps);

  /// [N, N] float64, after the passes; undefined when no response of the side was received, NaN
  /// when one was not finite.
  at::Tensor sum(Side side) const;

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override;

 private:
  struct OneSide {
    at::Tensor sum;
    at::Tensor finite;               ///< whether all responses were finite
    double unreceived_features = 0;  ///< features of the responses that were not received
  };
  OneSide& of(Side side) { return sides_[side == Side::activation ? 0 : 1]; }

  std::array<OneSide, 2> sides_;
};

}  // namespace wrcor

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "nn/network.h"
#include "nn/pass.h"
#include "nn/response.h"
#include "proxy/correlation.h"
#include "proxy/noise.h"

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

/// Features from a forward pass.
struct Features {
  at::Tensor before_pooling;               ///< input of the global average pooling, [N, C, H, W]
  std::vector<at::Tensor> norm_variances;  ///< unbiased, [C] by batch-norm layer
};

/// The gradient of a convolution's or linear layer's weight.
struct WeightGradient {
  int layer = 0;
  at::Tensor gradient;
};

/// 1/2 mean over n of (sum over h, w of Z * dL/dZ)^2 of a weight layer's output Z.
struct ChannelSaliency {
  int layer = 0;
  at::Tensor values;  ///< [C] float64
};

/// A random sign tensor V at a block's output pulled back through the block alone: U.
struct BlockPullback {
  at::Tensor product;     ///< mean over positions of u v^T, float64
  bool identity = false;  ///< U equals V exactly
};

/// A pass that was run.
struct PassRecord {
  std::string what;     ///< human-readable
  Requirements serves;  ///< the needs that it serves
  double seconds = 0;
};

/// The measurements of the passes over one network. Everything that the requirements name is
/// measured once, at construction, and is on the host, but for weight gradients and the features
/// before pooling.
class Observation {
 public:
  struct Inputs {
    const Network& network;
    const at::Tensor& images;  ///< [N, 3, H, W] float32
    const at::Tensor& labels;  ///< [N] int64 in [0, classes)
    Counting counting;
    const Noise& noise;
    /// Whether each pass waits for the device, so that its seconds are its own.
    bool wait_for_device = false;
    /// Of every pass with a sweep, including the proxies' own.
    Activations activations = Activations::kept;
  };

  /// @param inputs  referenced objects outlive the observation
  Observation(const Inputs& inputs, Requirements requirements);

  const Network& network() const { return inputs_.network; }
  const NetworkPlan& plan() const { return inputs_.network.plan(); }
  const at::Tensor& images() const { return inputs_.images; }
  const at::Tensor& labels() const { return inputs_.labels; }
  const Noise& noise() const { return inputs_.noise; }
  Activations activations() const { return inputs_.activations; }

  /// Of the minibatch, [N, classes]; undefined when no pass over it was needed.
  const at::Tensor& logits() const { return logits_; }

  // Only required measurements are available: others throw std::out_of_range, or are empty.
  const CorrelationSums& correlations() const { return correlations_.value(); }
  /// Sum of shared bits, [N, N] float64; undefined when the side had no response.
  const at::Tensor& shared_bits(Side side) const {
    return shared_bits_[side == Side::activation ? 0 : 1];
  }
  /// Number of distinct activity patterns over the samples among all ReLU units.
  std::int64_t distinct_patterns() const { return distinct_patterns_; }
  const std::vector<WeightGradient>& weight_gradients() const { return weight_gradients_; }
  const std::vector<ChannelSaliency>& channel_saliency() const { return channel_saliency_; }
  /// Gradient of the sum of all logits at the images, one row per sample: [N, 3HW] float64; zeros
  /// when no gradient reaches them.
  const at::Tensor& input_jacobian() const { return input_jacobian_; }
  /// Covariance of the channels over all positions, [C, C] float64, of the stem's output and of
  /// every block's.
  const std::vector<at::Tensor>& block_covariances(View view) const {
    return block_covariances_.at(view);
  }
  /// Of every block, in order.
  const std::vector<BlockPullback>& block_pullbacks(View view) const {
    return block_pullbacks_.at(view);
  }
  const Features& features(View view, NormMode norms) const { return features_.at({view, norms}); }

  const std::vector<PassRecord>& passes() const { return passes_; }

 private:
  friend class Measurement;
  friend class BatchMeasurement;
  explicit Observation(const Inputs& inputs) : inputs_(inputs) {}

  Inputs inputs_;
  at::Tensor logits_;
  std::optional<CorrelationSums> correlations_;
  std::array<at::Tensor, 2> shared_bits_;
  std::int64_t distinct_patterns_ = 0;
  std::vector<WeightGradient> weight_gradients_;
  std::vector<ChannelSaliency> channel_saliency_;
  at::Tensor input_jacobian_;
  std::map<View, std::vector<at::Tensor>> block_covariances_;
  std::map<View, std::vector<BlockPullback>> block_pullbacks_;
  std::map<std::pair<View, NormMode>, Features> features_;
  std::vector<PassRecord> passes_;
};

}  // namespace wrcor

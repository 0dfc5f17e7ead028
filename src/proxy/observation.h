#pragma once

#include <array>
#include <cstdint>
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
#include "proxy/failures.h"
#include "proxy/noise.h"
#include "proxy/requirements.h"

namespace wrcor {

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

/// Of a convolution's or linear layer's weight W and the gradient G of the loss at it.
struct WeightSaliency {
  double gradient_norm = 0;  ///< |G|_2
  double magnitude = 0;      ///< sum of |W G|
  double product = 0;        ///< sum of W G
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

/// The gradient J of the sum of all logits at the images, one row per sample. Zero when no gradient
/// reaches them.
struct InputJacobian {
  bool finite = true;
  double mean_magnitude = 0;  ///< of |J|
  at::Tensor correlation;     ///< of its rows, [N, N] float64; undefined when a row is constant
};

/// The channels of a recorded tensor for the first image of the minibatch alone.
struct ChannelRecord {
  int count = 0;  ///< modules of the published network that give the tensor
  bool finite = true;
  at::Tensor correlation;  ///< [C, C] float64; undefined where there are no more positions than C
};

/// The sum of |W dS/dW| over all weights, S the sum of the logits of the network with absolute
/// parameters for one image of ones, without batch norm: sum times 2^exponent.
struct PathStrength {
  double sum = 0;
  int exponent = 0;
};

/// The weight gradients a and b of the two halves of the minibatch.
struct HalfGradients {
  bool finite = true;
  /// By weight layer: the sum over the weights of mean |g| / deviation of g, of a and b, of those
  /// that differ.
  std::vector<double> sums;
};

/// A pass that was run.
struct PassRecord {
  std::string what;     ///< human-readable
  Requirements serves;  ///< the needs that it serves
  double seconds = 0;
};

/// The measurements of the passes over one network, on the host, except for the features before
/// pooling. A measurement that was not required, or has failed, is empty.
struct Measurements {
  Failures failures;
  at::Tensor labels;  ///< of the minibatch, [N] int64
  at::Tensor logits;  ///< [N, classes]
  std::optional<CorrelationSums> correlations;
  std::array<at::Tensor, 2> shared_bits;  ///< by side
  std::int64_t distinct_patterns = 0;
  std::vector<WeightSaliency> weight_saliency;    ///< by weight layer
  std::vector<ChannelSaliency> channel_saliency;  ///< by weight layer
  InputJacobian input_jacobian;
  std::map<View, std::vector<at::Tensor>> block_covariances;
  std::map<View, std::vector<BlockPullback>> block_pullbacks;
  std::vector<ChannelRecord> channel_records;
  PathStrength path_strength;
  HalfGradients half_gradients;
  std::map<std::pair<View, NormMode>, Features> features;
  /// By View::data_perturbed or View::noise_perturbed: the sum of the distances of its features
  /// from those of the view that was perturbed.
  std::map<std::pair<View, NormMode>, double> feature_shifts;
  std::vector<PassRecord> passes;
};

/// A network and its measurements: everything that the requirements name, measured once, at
/// construction.
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
  /// From measurements that were made together with those of other networks.
  Observation(const Inputs& inputs, Measurements measured)
      : inputs_(inputs), measured_(std::move(measured)) {}

  const Network& network() const { return inputs_.network; }
  const NetworkPlan& plan() const { return inputs_.network.plan(); }
  const at::Tensor& images() const { return inputs_.images; }
  const at::Tensor& labels() const { return inputs_.labels; }
  at::Tensor labels_on_host() const { return measured_.labels.cpu(); }
  const Noise& noise() const { return inputs_.noise; }
  Activations activations() const { return inputs_.activations; }

  /// Throws the error of a pass that one of these measurements comes from.
  void require(Requirements needs) const { measured_.failures.rethrow(needs); }

  /// Of the minibatch, [N, classes]; undefined when no pass over it was needed, or it failed.
  const at::Tensor& logits() const { return measured_.logits; }

  // Only required measurements are available: others throw std::out_of_range, or are empty, as
  // those that have failed are.
  const CorrelationSums& correlations() const { return measured_.correlations.value(); }
  /// Sum of shared bits, [N, N] float64; undefined when the side had no response.
  const at::Tensor& shared_bits(Side side) const {
    return measured_.shared_bits[side == Side::activation ? 0 : 1];
  }
  /// Number of distinct activity patterns over the samples among all ReLU units.
  std::int64_t distinct_patterns() const { return measured_.distinct_patterns; }
  const std::vector<WeightSaliency>& weight_saliency() const { return measured_.weight_saliency; }
  const std::vector<ChannelSaliency>& channel_saliency() const {
    return measured_.channel_saliency;
  }
  const InputJacobian& input_jacobian() const { return measured_.input_jacobian; }
  /// Covariance of the channels over all positions, [C, C] float64, of the stem's output and of
  /// every block's.
  const std::vector<at::Tensor>& block_covariances(View view) const {
    return measured_.block_covariances.at(view);
  }
  /// Of every block, in order.
  const std::vector<BlockPullback>& block_pullbacks(View view) const {
    return measured_.block_pullbacks.at(view);
  }
  /// In order of execution.
  const std::vector<ChannelRecord>& channel_records() const { return measured_.channel_records; }
  const PathStrength& path_strength() const { return measured_.path_strength; }
  const HalfGradients& half_gradients() const { return measured_.half_gradients; }
  double feature_shift(View moved, NormMode norms) const {
    return measured_.feature_shifts.at({moved, norms});
  }
  const Features& features(View view, NormMode norms) const {
    return measured_.features.at({view, norms});
  }

  const std::vector<PassRecord>& passes() const { return measured_.passes; }

 private:
  Inputs inputs_;
  Measurements measured_;
};

}  // namespace wrcor

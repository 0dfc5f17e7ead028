#pragma once

#include <set>
#include <vector>

#include "nn/pass.h"
#include "proxy/observation.h"
#include "wrcor/score/proxies.h"

// Observers of the shared passes, besides those of responses.
namespace wrcor {

/// The input of the global average pooling, and the batch variance of each batch norm.
class FeatureObserver final : public PassObserver {
 public:
  explicit FeatureObserver(const NetworkPlan& plan);
  Interest interest(int layer) const override;
  void output(int layer, const at::Tensor& output) override;
  void variance(int layer, const at::Tensor& variance) override;
  Features take() { return std::move(features_); }

 private:
  const NetworkPlan& plan_;
  std::int64_t samples_ = 0;
  Features features_;
};

/// Which samples activate a unit, as bits of some words.
/// @param values  [N, units]
/// @return [units, words] int32
at::Tensor pattern_words(const at::Tensor& values);
/// Number of distinct rows. @param words  [units, words] int32 on the host, or undefined
std::int64_t count_distinct(const at::Tensor& words);

/// Activity patterns of all ReLU units over the samples of the minibatch.
class PatternObserver final : public PassObserver {
 public:
  explicit PatternObserver(const NetworkPlan& plan);
  Interest interest(int layer) const override;
  void output(int layer, const at::Tensor& output) override;
  /// [units, words] int32 of all layers on the device; undefined without a unit.
  at::Tensor words() const { return words_.empty() ? at::Tensor() : at::cat(words_); }

 private:
  std::set<int> activated_;        ///< layers that a ReLU reads
  std::vector<at::Tensor> words_;  ///< [units, words] int32, by layer
};

/// Layers that a ReLU or another activation reads.
std::set<int> read_by_activations(const NetworkPlan& plan);

class WeightGradientObserver final : public PassObserver {
 public:
  explicit WeightGradientObserver(const Network& network);
  Interest interest(int layer) const override;
  void weight_gradient(int layer, const at::Tensor& gradient) override;
  std::vector<WeightGradient> take() { return std::move(gradients_); }

 private:
  std::set<int> layers_;
  std::vector<WeightGradient> gradients_;
};

/// The terms of WeightSaliency.
class WeightSaliencyObserver final : public PassObserver {
 public:
  explicit WeightSaliencyObserver(const Network& network);
  Interest interest(int layer) const override;
  void weight_gradient(int layer, const at::Tensor& gradient) override;
  /// [layers, 3] float64; undefined without a layer.
  at::Tensor terms() const { return terms_.empty() ? at::Tensor() : at::stack(terms_); }

 private:
  const Network& network_;
  std::set<int> layers_;
  std::vector<at::Tensor> terms_;
};

class SaliencyObserver final : public PassObserver {
 public:
  explicit SaliencyObserver(const Network& network);
  Interest interest(int layer) const override;
  void output(int layer, const at::Tensor& output) override;
  void output_gradient(int layer, const at::Tensor& gradient) override;
  std::vector<ChannelSaliency> take() { return std::move(saliency_); }

 private:
  std::set<int> layers_;
  std::map<int, at::Tensor> outputs_;
  std::vector<ChannelSaliency> saliency_;
};

/// The input of a proxy that was published with noise: standard normal noise of the minibatch's
/// shape, or the minibatch. [N, 3, H, W]
at::Tensor images_for(ProxyInput input, const Observation& seen);

/// The weight gradients of the mean loss of any images, from a pass of their own.
/// @param images  [N, 3, H, W]
/// @param labels  [N] int64
/// @param watching  observers of the outputs
std::vector<WeightGradient> weight_gradients_of_loss(const Observation& seen,
                                                     const at::Tensor& images,
                                                     const at::Tensor& labels,
                                                     std::vector<PassObserver*> watching = {});

/// The gradient at the output of one layer.
class OutputGradientObserver final : public PassObserver {
 public:
  explicit OutputGradientObserver(int layer) : layer_(layer) {}
  Interest interest(int layer) const override { return {.output_gradient = layer == layer_}; }
  void output_gradient(int /*layer*/, const at::Tensor& gradient) override { seen_ = gradient; }
  /// Undefined when no gradient reached the layer.
  const at::Tensor& seen() const { return seen_; }

 private:
  int layer_;
  at::Tensor seen_;
};

/// Covariances of block outputs' channels.
class CovarianceObserver final : public PassObserver {
 public:
  explicit CovarianceObserver(const NetworkPlan& plan);
  Interest interest(int layer) const override;
  void output(int layer, const at::Tensor& output) override;
  std::vector<at::Tensor> take();

 private:
  const NetworkPlan& plan_;
  std::map<int, at::Tensor> by_layer_;
};

}  // namespace wrcor

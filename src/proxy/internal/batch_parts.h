#pragma once

#include <array>
#include <list>
#include <map>
#include <utility>
#include <vector>

#include "batch_members.h"
#include "nn/batch_pass.h"
#include "nn/readback.h"
#include "proxy/noise.h"
#include "proxy/observation.h"
#include "response_sums.h"

// Observers of a batch's passes. Each measures for all networks what its namesake among the
// observers of one network, or of a proxy's own pass, measures for one.
namespace wrcor {

/// Part of the measurements of a batch.
class BatchPart : public BatchPassObserver {
 public:
  /// After the passes: requests what must be copied to the host.
  virtual void collect(Readback& readback) = 0;
  /// After the readback: stores the results. @param networks  in the order of the batch
  virtual void give(std::vector<Measurements>& networks) = 0;

  /// Bytes held on the device between passes, for this many images.
  virtual std::int64_t held_bytes(std::int64_t /*samples*/) const { return 0; }
};

class LogitsPart final : public BatchPart {
 public:
  explicit LogitsPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;

 private:
  const NetworkBatch& batch_;
  AllOfMembers logits_;  ///< [N, members, classes]
};

/// The taps of responses of every network.
class BatchTaps {
 public:
  /// @param needs  say which side is tapped
  BatchTaps(const NetworkBatch& batch, Counting counting, Requirements needs, Need activations,
            Need gradients);
  const std::vector<Tap>& of(Side side, const NetworkBatch::Member& member) const {
    return taps_[side == Side::activation ? 0 : 1][static_cast<std::size_t>(member.network)]
                [static_cast<std::size_t>(member.layer)];
  }
  Interest interest(const NetworkBatch::Member& member) const {
    return {.output = !of(Side::activation, member).empty(),
            .input_gradient = !of(Side::gradient, member).empty()};
  }
  int units() const { return units_; }

 private:
  std::array<std::vector<std::vector<std::vector<Tap>>>, 2> taps_;  ///< side, network, layer
  int units_ = 1;
};

class CorrelationPart final : public BatchPart {
 public:
  CorrelationPart(const NetworkBatch& batch, Counting counting, Requirements needs);
  Interest interest(const Member& member) const override { return taps_.interest(member); }
  void output(Members members, const at::Tensor& outputs) override;
  void input_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override { readback.add(sums_.sums()); }
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;
  std::int64_t held_bytes(std::int64_t samples) const override { return sums_.bytes(samples); }

 private:
  void record(Side side, Members members, const at::Tensor& responses);
  std::size_t row(Side side, int network, int unit) const;

  BatchTaps taps_;
  ResponseSums sums_;  ///< by network, unit and side
};

class CodePart final : public BatchPart {
 public:
  CodePart(const NetworkBatch& batch, Counting counting, Requirements needs);
  Interest interest(const Member& member) const override { return taps_.interest(member); }
  void output(Members members, const at::Tensor& outputs) override;
  void input_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;
  std::int64_t held_bytes(std::int64_t samples) const override { return both_.bytes(samples); }

 private:
  void record(Side side, Members members, const at::Tensor& responses);
  double features(Side side, int network) const;

  const NetworkBatch& batch_;
  BatchTaps taps_;
  ResponseSums both_;  ///< by network and side: number of bits that are one in both samples
  std::array<AllOfMembers, 2> magnitudes_;  ///< by side: the largest of each member
};

class PatternPart final : public BatchPart {
 public:
  explicit PatternPart(const NetworkBatch& batch);
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  std::vector<std::vector<char>> activated_;  ///< by network and layer
  AllOfMembers words_;                        ///< [members, units, words] int32
};

class ChannelSaliencyPart final : public BatchPart {
 public:
  explicit ChannelSaliencyPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void output_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  const NetworkBatch& batch_;
  std::map<std::size_t, at::Tensor> outputs_;  ///< by step, until its gradient comes
  AllOfMembers saliency_;                      ///< [members, C] float64
};

class WeightSaliencyPart final : public BatchPart {
 public:
  explicit WeightSaliencyPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void weight_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  const NetworkBatch& batch_;
  AllOfMembers terms_;  ///< [members, 3] float64
};

class JacobianPart final : public BatchPart {
 public:
  Interest interest(const Member& member) const override {
    return {.output_gradient = member.layer == 0};
  }
  void output_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  struct Summary {
    std::vector<Member> members;
    at::Tensor numbers;       ///< [members, 3] float64: is finite, mean magnitude, is defined
    at::Tensor correlations;  ///< [members, N, N]
  };
  std::list<Summary> summaries_;
};

class CovariancePart final : public BatchPart {
 public:
  CovariancePart(const NetworkBatch& batch, View view) : batch_(batch), view_(view) {}
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  const NetworkBatch& batch_;
  View view_;
  AllOfMembers covariances_;  ///< [members, C, C] float64
};

/// The pull-back through one block of every network, in the sweep that starts at its output.
class PullbackPart final : public BatchPart {
 public:
  /// @param block  from 1
  PullbackPart(const NetworkBatch& batch, View view, std::size_t block, const Noise& noise)
      : batch_(batch), view_(view), block_(block), noise_(noise) {}
  Interest interest(const Member& member) const override;
  void output_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

  /// By network: the layer that the sweep starts from.
  std::vector<int> from() const;
  /// @param outputs  [N, members, C, H, W] of the block
  at::Tensor signs(const at::Tensor& outputs) const;

 private:
  struct Product {
    std::vector<Member> members;
    at::Tensor values;     ///< [members, C of the input, C of the output] float64
    at::Tensor identical;  ///< [members]; undefined: none
  };

  const FeatureShape& shape(int network, std::size_t block) const;
  at::Tensor signs_of(std::int64_t samples, const FeatureShape& shape) const;
  void record(Members members, const at::Tensor& gradients);

  const NetworkBatch& batch_;
  View view_;
  std::size_t block_;
  const Noise& noise_;
  std::list<Product> products_;
};

class RecordPart final : public BatchPart {
 public:
  explicit RecordPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;

 private:
  /// Records of one shape, in order of arrival.
  struct OfShape {
    std::vector<Member> pending_members;
    std::vector<at::Tensor> pending;    ///< [members, C, P]
    std::list<OfMembers> finite;        ///< [members]
    std::list<OfMembers> correlations;  ///< [members, C, C] float64, if P > C
  };
  static void finish(OfShape& records);

  const NetworkBatch& batch_;
  std::map<std::pair<std::int64_t, std::int64_t>, OfShape> by_shape_;
};

/// The path strengths of networks, with absolute parameters in float64.
class PathPart final : public BatchPart {
 public:
  explicit PathPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void weight_gradient(Members members, const at::Tensor& gradients) override;
  /// Those of the pass, after its forward().
  void set_exponents(at::Tensor exponents) { exponents_ = std::move(exponents); }
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;

 private:
  const NetworkBatch& batch_;
  at::Tensor exponents_;
  AllOfMembers sums_;  ///< [members] float64
};

/// The features of one view.
class FeaturePart final : public BatchPart {
 public:
  FeaturePart(const NetworkBatch& batch, View view, NormMode norms)
      : batch_(batch), view_(view), norms_(norms) {}
  Interest interest(const Member& member) const override;
  void output(Members members, const at::Tensor& outputs) override;
  void variance(Members members, const at::Tensor& variances) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

  View view() const { return view_; }
  NormMode norms() const { return norms_; }
  const AllOfMembers& features() const { return features_; }

 private:
  const NetworkBatch& batch_;
  View view_;
  NormMode norms_;
  std::int64_t samples_ = 0;
  AllOfMembers features_;   ///< [N, members, C, H, W]
  AllOfMembers variances_;  ///< [members, C]
};

/// The difference between the features of two views; has no pass of its own.
class ShiftPart final : public BatchPart {
 public:
  ShiftPart(const FeaturePart& moved, const FeaturePart& still) : moved_(moved), still_(still) {}
  Interest interest(const Member& /*member*/) const override { return {}; }
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;

 private:
  const FeaturePart& moved_;
  const FeaturePart& still_;
  AllOfMembers shifts_;  ///< [members] float64
};

/// The half gradients, from a pass over each half of the minibatch, one after the other.
class HalvesPart final : public BatchPart {
 public:
  explicit HalvesPart(const NetworkBatch& batch) : batch_(batch) {}
  Interest interest(const Member& member) const override;
  void weight_gradient(Members members, const at::Tensor& gradients) override;
  void collect(Readback& readback) override;
  void give(std::vector<Measurements>& networks) override;
  Footprint footprint(Members members, std::int64_t bytes) const override;

 private:
  const NetworkBatch& batch_;
  std::map<std::size_t, at::Tensor> first_;  ///< by step
  AllOfMembers terms_;                       ///< [members, 2] float64: the sum, is finite
};

}  // namespace wrcor

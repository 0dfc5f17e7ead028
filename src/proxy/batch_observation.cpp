#include "proxy/batch_observation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "internal/batch_parts.h"
#include "internal/own_passes.h"
#include "internal/views.h"
#include "nn/batch_pass.h"

namespace wrcor {
namespace {

/// Float64 magnitudes of all weights, made in a few kernel calls. Networks that share a tensor
/// share its magnitudes, too.
std::vector<Network> positive_networks(std::span<const Network> networks) {
  std::map<const void*, std::int64_t> first_of;
  std::vector<at::Tensor> all;
  std::int64_t numbers = 0;
  const auto visit = [&](const at::Tensor& tensor) {
    if (first_of.emplace(tensor.unsafeGetTensorImpl(), numbers).second) {
      all.push_back(tensor.flatten());
      numbers += tensor.numel();
    }
    return tensor;
  };
  for (const Network& network : networks) network.transformed(visit);
  const at::Tensor magnitudes = at::cat(all).to(at::kDouble).abs_();
  std::map<const void*, at::Tensor> made;
  const auto magnitude = [&](const at::Tensor& tensor) {
    const void* key = tensor.unsafeGetTensorImpl();
    at::Tensor& its = made[key];
    if (!its.defined())
      its = magnitudes.narrow(0, first_of.at(key), tensor.numel()).view(tensor.sizes());
    return its;
  };
  std::vector<Network> positive;
  for (const Network& network : networks) positive.push_back(network.transformed(magnitude));
  return positive;
}

std::vector<const Network*> pointers_to(std::span<const Network> networks) {
  std::vector<const Network*> pointers;
  for (const Network& network : networks) pointers.push_back(&network);
  return pointers;
}

std::vector<int> logits_of(const NetworkBatch& batch) {
  std::vector<int> layers;
  for (int a = 0; a < static_cast<int>(batch.size()); ++a) layers.push_back(batch.plan(a).logits());
  return layers;
}

/// Makes the measurements of a batch.
class BatchMeasurement {
 public:
  BatchMeasurement(const Observation::Inputs& inputs, std::span<const Network> networks,
                   Requirements needs)
      : inputs_(inputs), networks_(networks), needs_(needs), batch_(pointers_to(networks)) {}

  std::vector<Observation> run() {
    run_passes();
    watch_first_image();
    watch_paths();
    watch_halves();
    return observations();
  }

  /// The most bytes that run() would hold at a time. Its small passes do not count.
  std::int64_t rehearse() {
    rehearses_ = true;
    run_passes();
    watch_halves();
    std::int64_t held = 0;
    for (const auto& part : parts_) held += part->held_bytes(inputs_.images.size(0));
    return peak_bytes_ + held;
  }

 private:
  void run_passes() {
    watch_minibatch();
    for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
      for (const View view : {View::data_perturbed, View::data_perturbed_2, View::noise,
                              View::noise_perturbed, View::data}) {
        watch_view(view, norms);
      }
    }
    add_shifts();
  }

  /// A sweep to run, and how it starts.
  struct Start {
    BatchSweep sweep;
    BatchPass::StartGradient gradient;
  };

  template <typename Part, typename... Arguments>
  Part& add(Arguments&&... arguments) {
    auto part = std::make_unique<Part>(std::forward<Arguments>(arguments)...);
    Part& its = *part;
    parts_.push_back(std::move(part));
    return its;
  }

  void run(NormMode norms, const std::vector<BatchPassObserver*>& watching,
           const std::vector<Start>& starts, const at::Tensor& images) {
    std::vector<BatchSweep> sweeps;
    for (const Start& start : starts) sweeps.push_back(start.sweep);
    BatchPass pass(batch_, norms, watching, sweeps);
    if (rehearses_) {
      peak_bytes_ = std::max(peak_bytes_, pass.peak_bytes(images.size(0), images.element_size()));
      return;
    }
    pass.forward(images);
    for (std::size_t i = 0; i < starts.size(); ++i)
      pass.backward(i, starts[i].gradient, i + 1 == starts.size());
  }

  Start from_loss(std::vector<BatchPassObserver*> observers, const at::Tensor& labels) const {
    return {
        {logits_of(batch_), std::move(observers)}, [labels](const at::Tensor& logits) {
          return cross_entropy_gradient(logits, labels.unsqueeze(1).expand({-1, logits.size(1)}));
        }};
  }

  void watch_minibatch() {
    std::vector<BatchPassObserver*> watching, at_loss;
    const auto watch = [&](BatchPart& part) {
      watching.push_back(&part);
      at_loss.push_back(&part);
    };
    if (needs_.has(Need::logits)) watching.push_back(&add<LogitsPart>(batch_));
    if (needs_.has(Need::activation_correlations) || needs_.has(Need::gradient_correlations))
      watch(add<CorrelationPart>(batch_, inputs_.counting, needs_));
    if (needs_.has(Need::activation_codes) || needs_.has(Need::gradient_codes))
      watch(add<CodePart>(batch_, inputs_.counting, needs_));
    if (needs_.has(Need::activation_patterns)) watching.push_back(&add<PatternPart>(batch_));
    if (needs_.has(Need::channel_saliency)) watch(add<ChannelSaliencyPart>(batch_));
    if (needs_.has(Need::weight_gradients)) at_loss.push_back(&add<WeightSaliencyPart>(batch_));
    std::vector<Start> starts{from_loss(std::move(at_loss), inputs_.labels)};
    if (needs_.has(Need::input_jacobian)) {
      starts.push_back({{logits_of(batch_), {&add<JacobianPart>()}},
                        [](const at::Tensor& logits) { return at::ones_like(logits); }});
    }
    watch_blocks(View::data, watching, starts);
    add_features(View::data, NormMode::minibatch, watching);
    if (!watching.empty() || starts.size() > 1 || !starts.front().sweep.observers.empty())
      run(NormMode::minibatch, watching, starts, inputs_.images);
  }

  /// Of the data or of noise.
  void watch_blocks(View view, std::vector<BatchPassObserver*>& watching,
                    std::vector<Start>& starts) {
    if (needs_.has(block_covariances_of(view)))
      watching.push_back(&add<CovariancePart>(batch_, view));
    if (!needs_.has(block_pullbacks_of(view))) return;
    std::size_t most = 0;
    for (const Network& network : networks_) most = std::max(most, network.plan().blocks.size());
    for (std::size_t block = most; block-- > 1;) {
      PullbackPart& part = add<PullbackPart>(batch_, view, block, inputs_.noise);
      starts.push_back({{part.from(), {&part}},
                        [&part](const at::Tensor& outputs) { return part.signs(outputs); }});
    }
    has_pullbacks_.push_back(view);
  }

  void add_features(View view, NormMode norms, std::vector<BatchPassObserver*>& watching) {
    if (!needs_.has(features_of(view, norms))) return;
    FeaturePart& part = add<FeaturePart>(batch_, view, norms);
    features_[{view, norms}] = &part;
    watching.push_back(&part);
  }

  void watch_view(View view, NormMode norms) {
    const bool in_minibatch = view == View::data && norms == NormMode::minibatch;
    if (in_minibatch) return;
    std::vector<BatchPassObserver*> watching;
    std::vector<Start> starts;
    add_features(view, norms, watching);
    if (view == View::noise && norms == NormMode::minibatch) watch_blocks(view, watching, starts);
    if (watching.empty() && starts.empty()) return;
    run(norms, watching, starts,
        rehearses_ ? inputs_.images : images_of(view, inputs_.images, inputs_.noise));
  }

  void add_shifts() {
    for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
      for (const auto& [moved, still] : perturbations) {
        if (features_.contains({moved, norms}) && features_.contains({still, norms}))
          add<ShiftPart>(*features_[{moved, norms}], *features_[{still, norms}]);
      }
    }
  }

  void watch_first_image() {
    if (!needs_.has(Need::channel_records)) return;
    run(NormMode::minibatch, {&add<RecordPart>(batch_)}, {}, inputs_.images.narrow(0, 0, 1));
  }

  void watch_paths() {
    if (!needs_.has(Need::path_strength)) return;
    positive_ = positive_networks(networks_);
    positive_batch_.emplace(pointers_to(positive_));
    PathPart& part = add<PathPart>(*positive_batch_);
    BatchPass pass(*positive_batch_, NormMode::off, {}, {{logits_of(batch_), {&part}}});
    std::vector<char> homogeneous;
    for (const Network& network : networks_)
      homogeneous.push_back(is_homogeneous(network.plan()) ? 1 : 0);
    pass.rescale_blocks(homogeneous);
    const at::Tensor& images = inputs_.images;
    pass.forward(at::ones({1, images.size(1), images.size(2), images.size(3)},
                          images.options().dtype(at::kDouble)));
    part.set_exponents(pass.exponents());
    pass.backward(
        0, [](const at::Tensor& logits) { return at::ones_like(logits); }, true);
  }

  void watch_halves() {
    if (!needs_.has(Need::half_gradients)) return;
    HalvesPart& part = add<HalvesPart>(batch_);
    const std::int64_t all = inputs_.images.size(0), half = all / 2;
    for (const auto& [start, length] :
         {std::pair(std::int64_t{0}, half), std::pair(half, all - half)}) {
      run(NormMode::minibatch, {}, {from_loss({&part}, inputs_.labels.narrow(0, start, length))},
          inputs_.images.narrow(0, start, length));
    }
  }

  std::vector<Observation> observations() {
    Readback readback;
    at::Tensor labels = inputs_.labels;
    readback.add(labels);
    for (const auto& part : parts_) part->collect(readback);
    readback.read();
    std::vector<Measurements> measured(networks_.size());
    for (Measurements& one : measured) {
      one.labels = labels;
      for (const View view : has_pullbacks_) one.block_pullbacks[view];  // even with a single block
    }
    for (const auto& part : parts_) part->give(measured);
    std::vector<Observation> all;
    for (std::size_t i = 0; i < networks_.size(); ++i) {
      all.emplace_back(Observation::Inputs{networks_[i], inputs_.images, inputs_.labels,
                                           inputs_.counting, inputs_.noise},
                       std::move(measured[i]));
    }
    return all;
  }

  const Observation::Inputs& inputs_;
  std::span<const Network> networks_;
  Requirements needs_;
  NetworkBatch batch_;
  std::vector<Network> positive_;
  std::optional<NetworkBatch> positive_batch_;
  std::vector<std::unique_ptr<BatchPart>> parts_;
  std::map<std::pair<View, NormMode>, const FeaturePart*> features_;
  std::vector<View> has_pullbacks_;
  bool rehearses_ = false;
  std::int64_t peak_bytes_ = 0;
};

/// Weights that nobody reads, the same for networks that would share them.
class NoWeights final : public WeightSource {
 public:
  at::Tensor get(const Parameter& parameter) const override {
    at::Tensor& made = made_[{parameter.name, parameter.shape}];
    if (!made.defined()) made = at::empty(parameter.shape, at::kFloat);
    return made;
  }

 private:
  mutable std::map<std::pair<std::string, std::vector<std::int64_t>>, at::Tensor> made_;
};

}  // namespace

std::vector<Observation> observe_batch(const Observation::Inputs& inputs,
                                       std::span<const Network> networks,
                                       Requirements requirements) {
  return BatchMeasurement(inputs, networks, requirements).run();
}

std::int64_t batch_bytes(std::span<const NetworkPlan> plans, const at::Tensor& images,
                         Counting counting, Requirements requirements) {
  const NoWeights no_weights;
  std::vector<Network> networks;
  for (const NetworkPlan& plan : plans) networks.emplace_back(plan, no_weights);
  const at::Tensor no_labels = at::empty({images.size(0)}, at::kLong);
  const Noise no_noise(0, at::kCPU);
  const Observation::Inputs inputs{networks.front(), images, no_labels, counting, no_noise};
  return BatchMeasurement(inputs, networks, requirements).rehearse();
}

}  // namespace wrcor

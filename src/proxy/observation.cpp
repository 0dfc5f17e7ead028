#include "proxy/observation.h"

#include <chrono>

#include "internal/observers.h"
#include "nn/readback.h"
#include "proxy/binary_codes.h"
#include "proxy/channel_products.h"

namespace wrcor {
namespace {

constexpr double perturbation = 0.01;

Requirements all_forward() {
  return {Need::activation_correlations,
          Need::activation_codes,
          Need::activation_patterns,
          Need::block_covariances,
          Need::logits,
          features_of(View::data, NormMode::minibatch)};
}

Requirements all_of_loss() {
  return {Need::gradient_correlations, Need::gradient_codes, Need::weight_gradients,
          Need::channel_saliency};
}

Requirements all_of_sum() { return {Need::input_jacobian}; }

Requirements all_of_blocks(View view) { return {block_pullbacks_of(view)}; }

Requirements all_of_minibatch() {
  Requirements all = all_forward();
  for (const Requirements more : {all_of_loss(), all_of_sum(), all_of_blocks(View::data)})
    all |= more;
  return all;
}

/// The needs that one pass of noise serves.
Requirements all_of_noise() {
  return {Need::noise_block_covariances, Need::noise_block_pullbacks,
          features_of(View::noise, NormMode::minibatch)};
}

/// [N, C, H, W] as [N, k^2 C, H/k, W/k], with as many positions as `like`.
at::Tensor space_to_depth(at::Tensor tensor, const at::Tensor& like) {
  const std::int64_t factor = tensor.size(2) / like.size(2);
  return factor > 1 ? at::pixel_unshuffle(tensor.contiguous(), factor) : tensor;
}

}  // namespace

/// Makes the content of an observation.
class Measurement {
 public:
  Measurement(Observation& target, Requirements requirements)
      : target_(target), needs_(requirements), plan_(target.plan()) {}

  void run() {
    if ((needs_ & all_of_minibatch()).any()) watch_minibatch();
    if ((needs_ & all_of_noise()).any()) watch_noise();
    for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
      for (const View view : {View::data, View::data_perturbed, View::data_perturbed_2, View::noise,
                              View::noise_perturbed}) {
        const bool have = target_.features_.contains({view, norms});
        if (needs_.has(features_of(view, norms)) && !have) watch_view(view, norms);
      }
    }
    bring_to_host();
  }

 private:
  template <typename Work>
  void timed(std::string what, Requirements serves, Work work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    if (target_.inputs_.wait_for_device) at::zeros({1}, target_.images().options()).item<float>();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    target_.passes_.push_back({std::move(what), serves & needs_, seconds.count()});
  }

  /// All that the proxies compute with on the host: weight gradients and feature maps stay.
  void bring_to_host() {
    Readback readback;
    readback.add(target_.logits_);
    if (target_.correlations_) target_.correlations_->add_to(readback);
    for (at::Tensor& bits : target_.shared_bits_) readback.add(bits);
    for (ChannelSaliency& saliency : target_.channel_saliency_) readback.add(saliency.values);
    readback.add(target_.input_jacobian_);
    for (auto& [view, covariances] : target_.block_covariances_) {
      for (at::Tensor& covariance : covariances) readback.add(covariance);
    }
    for (auto& [view, pullbacks] : target_.block_pullbacks_) {
      for (BlockPullback& pullback : pullbacks) readback.add(pullback.product);
    }
    for (PossibleIdentity& one : possible_identities_) readback.add(one.equal);
    for (auto& [of, features] : target_.features_) {
      for (at::Tensor& variance : features.norm_variances) readback.add(variance);
    }
    readback.read();
    for (const PossibleIdentity& one : possible_identities_)
      target_.block_pullbacks_[one.view][one.block].identity = one.equal.item<bool>();
    if (target_.input_jacobian_.defined())
      target_.input_jacobian_ = target_.input_jacobian_.to(at::kDouble);
  }

  std::vector<Tap> taps(Need activations, Need gradients) const {
    std::vector<Tap> all = plan_.responses(target_.inputs_.counting);
    std::erase_if(all, [&](const Tap& tap) {
      return !needs_.has(tap.side == Side::activation ? activations : gradients);
    });
    return all;
  }

  void watch_minibatch() {
    const Network& network = target_.network();
    const std::vector<Tap> correlated =
        taps(Need::activation_correlations, Need::gradient_correlations);
    const std::vector<Tap> coded = taps(Need::activation_codes, Need::gradient_codes);
    CorrelationObserver correlations(plan_, correlated);
    BinaryCodeSums codes(plan_, coded);
    PatternObserver patterns(plan_);
    FeatureObserver features(plan_);
    CovarianceObserver covariances(plan_);
    SaliencyObserver saliency(network);
    WeightGradientObserver weight_gradients(network);
    OutputGradientObserver at_images(0);

    std::vector<PassObserver*> watching{&correlations, &codes};
    Sweep loss{plan_.logits(), {&correlations, &codes}};
    const auto watch_if = [&](Need need, PassObserver& observer, bool forward, bool backward) {
      if (!needs_.has(need)) return;
      if (forward) watching.push_back(&observer);
      if (backward) loss.observers.push_back(&observer);
    };
    watch_if(Need::activation_patterns, patterns, true, false);
    watch_if(features_of(View::data, NormMode::minibatch), features, true, false);
    watch_if(Need::block_covariances, covariances, true, false);
    watch_if(Need::channel_saliency, saliency, true, true);
    watch_if(Need::weight_gradients, weight_gradients, false, true);

    // In the order in which they are run; the last one frees activations as it passes them.
    std::vector<Sweep> sweeps{loss};
    if (needs_.has(Need::input_jacobian)) sweeps.push_back({plan_.logits(), {&at_images}});
    const std::size_t first_block = sweeps.size();
    std::vector<OutputGradientObserver> at_block_inputs;
    if (needs_.has(Need::block_pullbacks)) add_block_sweeps(at_block_inputs, sweeps);

    Pass pass(network, NormMode::minibatch, watching, sweeps, target_.activations());
    timed("forward pass of the minibatch", all_of_minibatch(),
          [&] { target_.logits_ = pass.forward(target_.images()); });
    if (pass.wanted(0)) {
      timed(needs_.has(Need::weight_gradients) ? "backward pass of the loss with weight gradients"
                                               : "backward pass of the loss",
            all_of_loss(), [&] {
              pass.backward(0, cross_entropy_gradient(target_.logits_, target_.labels()),
                            sweeps.size() == 1);
            });
    }
    if (needs_.has(Need::input_jacobian)) {
      timed("backward pass of the summed logits to the images", all_of_sum(), [&] {
        pass.backward(1, at::ones_like(target_.logits_), sweeps.size() == 2);
        keep_jacobian(at_images.seen());
      });
    }
    if (needs_.has(Need::block_pullbacks))
      pull_blocks_back(View::data, pass, first_block, at_block_inputs);

    target_.correlations_ = correlations.take();
    target_.shared_bits_ = {codes.sum(Side::activation), codes.sum(Side::gradient)};
    if (needs_.has(Need::activation_patterns)) target_.distinct_patterns_ = patterns.distinct();
    if (needs_.has(features_of(View::data, NormMode::minibatch)))
      target_.features_[{View::data, NormMode::minibatch}] = features.take();
    if (needs_.has(Need::block_covariances))
      target_.block_covariances_[View::data] = covariances.take();
    target_.channel_saliency_ = saliency.take();
    target_.weight_gradients_ = weight_gradients.take();
  }

  void watch_noise() {
    constexpr Need noise_features = features_of(View::noise, NormMode::minibatch);
    FeatureObserver features(plan_);
    CovarianceObserver covariances(plan_);
    std::vector<PassObserver*> watching;
    if (needs_.has(noise_features)) watching.push_back(&features);
    if (needs_.has(Need::noise_block_covariances)) watching.push_back(&covariances);
    std::vector<Sweep> sweeps;
    std::vector<OutputGradientObserver> at_block_inputs;
    if (needs_.has(Need::noise_block_pullbacks)) add_block_sweeps(at_block_inputs, sweeps);

    Pass pass(target_.network(), NormMode::minibatch, watching, sweeps, target_.activations());
    timed("forward pass of noise", all_of_noise(), [&] { pass.forward(images_of(View::noise)); });
    if (needs_.has(Need::noise_block_pullbacks))
      pull_blocks_back(View::noise, pass, 0, at_block_inputs);
    if (needs_.has(noise_features))
      target_.features_[{View::noise, NormMode::minibatch}] = features.take();
    if (needs_.has(Need::noise_block_covariances))
      target_.block_covariances_[View::noise] = covariances.take();
  }

  void keep_jacobian(const at::Tensor& gradient) {
    const at::Tensor& images = target_.images();
    target_.input_jacobian_ =
        (gradient.defined() ? gradient : at::zeros_like(images)).reshape({images.size(0), -1});
  }

  /// From the last block to the first.
  void add_block_sweeps(std::vector<OutputGradientObserver>& at_inputs,
                        std::vector<Sweep>& sweeps) const {
    const std::size_t blocks = plan_.blocks.size() - 1;
    at_inputs.reserve(blocks);
    for (std::size_t b = blocks; b > 0; --b) {
      at_inputs.emplace_back(plan_.blocks[b - 1]);
      sweeps.push_back({plan_.blocks[b], {&at_inputs.back()}});
    }
  }

  void pull_blocks_back(View view, Pass& pass, std::size_t first_sweep,
                        const std::vector<OutputGradientObserver>& at_inputs) {
    timed("backward pass of every block from random signs", all_of_blocks(view), [&] {
      const std::size_t blocks = at_inputs.size();
      target_.block_pullbacks_[view].resize(blocks);
      for (std::size_t block = blocks; block > 0; --block) {
        const std::size_t i = blocks - block;
        pull_back(view, pass, first_sweep + i, static_cast<int>(block), at_inputs[i]);
      }
    });
  }

  void pull_back(View view, Pass& pass, std::size_t sweep, int block,
                 const OutputGradientObserver& at_input) {
    const auto number = static_cast<std::size_t>(block);
    const at::Tensor& output = pass.output(plan_.blocks[number]);
    const at::Tensor v = target_.noise().signs(block, output.sizes());
    pass.backward(sweep, v.contiguous(at::MemoryFormat::ChannelsLast), false);
    const at::Tensor& seen = at_input.seen();
    const FeatureShape& in = plan_.layers[static_cast<std::size_t>(plan_.blocks[number - 1])].out;
    const at::Tensor u = space_to_depth(
        seen.defined() ? seen
                       : at::zeros({v.size(0), in.channels, in.height, in.width}, v.options()),
        output);
    target_.block_pullbacks_[view][number - 1] = {mean_channel_products(u, v)};
    if (u.sizes() == v.sizes()) possible_identities_.push_back({view, number - 1, equal(u, v)});
  }

  /// Whether all values are equal, without waiting for a device.
  static at::Tensor equal(const at::Tensor& u, const at::Tensor& v) {
    return u.is_cpu() ? at::scalar_tensor(u.equal(v), at::kBool) : u.eq(v).all();
  }

  at::Tensor images_of(View view) const {
    const at::Tensor& x = target_.images();
    const auto noise = [&](int draw) { return target_.noise().normal(draw, x.sizes()); };
    switch (view) {
      case View::data:
        return x;
      case View::data_perturbed:
        return x + perturbation * noise(0);
      case View::data_perturbed_2:
        return x + perturbation * noise(1);
      case View::noise:
        return noise(0);
      case View::noise_perturbed:
        return noise(0) + perturbation * noise(1);
    }
    return {};
  }

  void watch_view(View view, NormMode norms) {
    static const std::map<View, std::string> names{
        {View::data, "the minibatch"},
        {View::data_perturbed, "the minibatch + noise"},
        {View::data_perturbed_2, "the minibatch + other noise"},
        {View::noise, "noise"},
        {View::noise_perturbed, "perturbed noise"}};
    const std::string what =
        "forward pass of " + names.at(view) + (norms == NormMode::off ? ", batch norm off" : "");
    timed(what, {features_of(view, norms)}, [&] {
      FeatureObserver observer(plan_);
      Pass(target_.network(), norms, {&observer}, {}).forward(images_of(view));
      target_.features_[{view, norms}] = observer.take();
    });
  }

  /// A block whose output and input have the same shape.
  struct PossibleIdentity {
    View view;
    std::size_t block;
    at::Tensor equal;  ///< whether the signs came back unchanged
  };

  Observation& target_;
  Requirements needs_;
  const NetworkPlan& plan_;
  std::vector<PossibleIdentity> possible_identities_;
};

Observation::Observation(const Inputs& inputs, Requirements requirements) : inputs_(inputs) {
  Measurement(*this, requirements).run();
}

}  // namespace wrcor

#include "proxy/observation.h"

#include <chrono>
#include <cmath>
#include <list>

#include "internal/observers.h"
#include "internal/own_passes.h"
#include "internal/space_to_depth.h"
#include "internal/views.h"
#include "nn/readback.h"
#include "proxy/binary_codes.h"
#include "proxy/channel_products.h"

namespace wrcor {
namespace {

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

/// @param jacobian  [N, 3HW] float64 on the host
InputJacobian summary_of(const at::Tensor& jacobian) {
  InputJacobian result;
  result.finite = jacobian.isfinite().all().item<bool>();
  if (!result.finite) return result;
  result.mean_magnitude = jacobian.abs().mean().item<double>();
  const at::Tensor centred = jacobian - jacobian.mean(1, true);
  const at::Tensor norms = centred.norm(2, 1, true);
  const at::Tensor smallest =
      jacobian.abs().amax(1, true) * (1e-12 * std::sqrt(static_cast<double>(jacobian.size(1))));
  if (!(norms > smallest).all().item<bool>()) return result;
  const at::Tensor unit = centred / norms;
  result.correlation = at::mm(unit, unit.t()).clamp(-1.0, 1.0);
  return result;
}

/// Forwards tensors to an observer until it throws, which fails what it measures.
class GuardedObserver final : public PassObserver {
 public:
  /// @param of_outputs, of_gradients  what it measures of either; both it and `failures` outlive
  ///                                  this
  GuardedObserver(PassObserver& observer, Requirements of_outputs, Requirements of_gradients,
                  Failures& failures)
      : observer_(observer),
        of_outputs_(of_outputs),
        of_gradients_(of_gradients),
        failures_(failures) {}

  Interest interest(int layer) const override { return observer_.interest(layer); }
  void output(int layer, const at::Tensor& output) override {
    pass_on(of_outputs_, [&] { observer_.output(layer, output); });
  }
  void variance(int layer, const at::Tensor& variance) override {
    pass_on(of_outputs_, [&] { observer_.variance(layer, variance); });
  }
  void input_gradient(int layer, const at::Tensor& gradient) override {
    pass_on(of_gradients_, [&] { observer_.input_gradient(layer, gradient); });
  }
  void output_gradient(int layer, const at::Tensor& gradient) override {
    pass_on(of_gradients_, [&] { observer_.output_gradient(layer, gradient); });
  }
  void weight_gradient(int layer, const at::Tensor& gradient) override {
    pass_on(of_gradients_, [&] { observer_.weight_gradient(layer, gradient); });
  }

 private:
  template <typename Show>
  void pass_on(Requirements serves, const Show& show) {
    if (!failures_.any_of(serves)) failures_.attempt(serves, show);
  }

  PassObserver& observer_;
  Requirements of_outputs_, of_gradients_;
  Failures& failures_;
};

/// Makes the measurements of one network. An error fails only the measurements that need its pass.
class Measurement {
 public:
  Measurement(const Observation::Inputs& inputs, Requirements requirements)
      : inputs_(inputs), needs_(requirements), plan_(inputs.network.plan()) {}

  Measurements run() {
    if ((needs_ & all_of_minibatch()).any()) watch_minibatch();
    if ((needs_ & all_of_noise()).any()) watch_noise();
    for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
      for (const View view : {View::data, View::data_perturbed, View::data_perturbed_2, View::noise,
                              View::noise_perturbed}) {
        const Need features = features_of(view, norms);
        const bool settled =
            measured_.features.contains({view, norms}) || measured_.failures.any_of({features});
        if (needs_.has(features) && !settled) watch_view(view, norms);
      }
      measure_shifts(norms);
    }
    run_own_passes();
    bring_to_host();
    return std::move(measured_);
  }

 private:
  /// Runs a pass. @return whether it succeeded
  template <typename Work>
  bool run_pass(std::string what, Requirements serves, const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    return measured_.failures.attempt(serves & needs_, [&] {
      work();
      if (inputs_.wait_for_device) at::zeros({1}, inputs_.images.options()).item<float>();
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      measured_.passes.push_back({std::move(what), serves & needs_, seconds.count()});
    });
  }

  /// Runs work if these measurements are needed and have not failed.
  template <typename Work>
  void if_needed(Requirements serves, const Work& work) {
    if (needs_.covers(serves) && !measured_.failures.any_of(serves))
      measured_.failures.attempt(serves, work);
  }

  /// Makes the measurements that share no pass with others.
  void run_own_passes() {
    const Network& network = inputs_.network;
    const at::Tensor& images = inputs_.images;
    if (needs_.has(Need::channel_records)) {
      run_pass("forward pass of the first image", {Need::channel_records},
               [&] { recorded_ = recorded_channels(network, images); });
    }
    if (needs_.has(Need::path_strength)) {
      run_pass(
          "forward and backward pass of one image of ones in float64", {Need::path_strength},
          [&] { path_terms_ = path_terms(network, images, NormMode::off, inputs_.activations); });
    }
    if (needs_.has(Need::half_gradients)) {
      run_pass("forward and backward pass of each half of the minibatch with weight gradients",
               {Need::half_gradients}, [&] {
                 half_terms_ = half_terms(network, images, inputs_.labels, inputs_.activations);
               });
    }
  }

  void measure_shifts(NormMode norms) {
    for (const auto& [moved, still] : perturbations) {
      const Requirements both{features_of(moved, norms), features_of(still, norms)};
      if_needed(both, [&] {
        shifts_.push_back({moved, norms,
                           (measured_.features.at({moved, norms}).before_pooling -
                            measured_.features.at({still, norms}).before_pooling)
                               .abs()
                               .sum(at::kDouble)});
      });
    }
  }

  /// Brings everything to the host that the proxies compute with there: feature maps stay.
  void bring_to_host() {
    Readback readback;
    measured_.labels = inputs_.labels;
    if (needs_.any()) readback.add(measured_.labels);
    readback.add(measured_.logits);
    if (measured_.correlations) measured_.correlations->add_to(readback);
    for (at::Tensor& bits : measured_.shared_bits) readback.add(bits);
    for (ChannelSaliency& saliency : measured_.channel_saliency) readback.add(saliency.values);
    readback.add(weight_saliency_);
    readback.add(jacobian_);
    for (FeatureShift& shift : shifts_) readback.add(shift.distance);
    for (auto& [view, covariances] : measured_.block_covariances) {
      for (at::Tensor& covariance : covariances) readback.add(covariance);
    }
    for (auto& [view, pullbacks] : measured_.block_pullbacks) {
      for (BlockPullback& pullback : pullbacks) readback.add(pullback.product);
    }
    for (PossibleIdentity& one : possible_identities_) readback.add(one.equal);
    for (auto& [of, features] : measured_.features) {
      for (at::Tensor& variance : features.norm_variances) readback.add(variance);
    }
    readback.add(pattern_words_);
    for (RecordedChannels& recorded : recorded_) readback.add(recorded.channels);
    readback.add(path_terms_);
    readback.add(half_terms_);
    readback.read();
    finish();
  }

  /// Makes the computations on the host.
  void finish() {
    for (const PossibleIdentity& one : possible_identities_)
      measured_.block_pullbacks[one.view][one.block].identity = one.equal.item<bool>();
    for (const FeatureShift& shift : shifts_)
      measured_.feature_shifts[{shift.moved, shift.norms}] = shift.distance.item<double>();
    if_needed({Need::input_jacobian},
              [&] { measured_.input_jacobian = summary_of(jacobian_.to(at::kDouble)); });
    if_needed({Need::activation_patterns},
              [&] { measured_.distinct_patterns = count_distinct(pattern_words_); });
    if_needed({Need::channel_records},
              [&] { measured_.channel_records = channel_records(recorded_); });
    if_needed({Need::path_strength}, [&] { measured_.path_strength = path_strength(path_terms_); });
    if_needed({Need::half_gradients},
              [&] { measured_.half_gradients = half_gradients(half_terms_); });
    if (!weight_saliency_.defined()) return;
    const double* term = weight_saliency_.contiguous().data_ptr<double>();
    for (std::int64_t i = 0; i < weight_saliency_.size(0); ++i, term += 3)
      measured_.weight_saliency.push_back({term[0], term[1], term[2]});
  }

  std::vector<Tap> taps(Need activations, Need gradients) const {
    std::vector<Tap> all = plan_.responses(inputs_.counting);
    std::erase_if(all, [&](const Tap& tap) {
      return !needs_.has(tap.side == Side::activation ? activations : gradients);
    });
    return all;
  }

  void watch_minibatch() {
    const Network& network = inputs_.network;
    const std::vector<Tap> correlated =
        taps(Need::activation_correlations, Need::gradient_correlations);
    const std::vector<Tap> coded = taps(Need::activation_codes, Need::gradient_codes);
    CorrelationObserver correlations(plan_, correlated);
    BinaryCodeSums codes(plan_, coded);
    PatternObserver patterns(plan_);
    FeatureObserver features(plan_);
    CovarianceObserver covariances(plan_);
    SaliencyObserver saliency(network);
    WeightSaliencyObserver weight_saliency(network);
    OutputGradientObserver at_images(0);

    std::list<GuardedObserver> guards;  // elements do not move
    std::vector<PassObserver*> watching;
    Sweep loss{plan_.logits(), {}};
    const auto watch = [&](PassObserver& observer, Requirements of_outputs,
                           Requirements of_gradients) {
      of_outputs = of_outputs & needs_;
      of_gradients = of_gradients & needs_;
      if (!of_outputs.any() && !of_gradients.any()) return;
      GuardedObserver& guard =
          guards.emplace_back(observer, of_outputs, of_gradients, measured_.failures);
      if (of_outputs.any()) watching.push_back(&guard);
      if (of_gradients.any()) loss.observers.push_back(&guard);
    };
    watch(correlations, {Need::activation_correlations}, {Need::gradient_correlations});
    watch(codes, {Need::activation_codes}, {Need::gradient_codes});
    watch(patterns, {Need::activation_patterns}, {});
    watch(features, {features_of(View::data, NormMode::minibatch)}, {});
    watch(covariances, {Need::block_covariances}, {});
    watch(saliency, {Need::channel_saliency}, {Need::channel_saliency});
    watch(weight_saliency, {}, {Need::weight_gradients});

    // In the order in which they are run; the last one frees activations as it passes them.
    std::vector<Sweep> sweeps{loss};
    if (needs_.has(Need::input_jacobian)) sweeps.push_back({plan_.logits(), {&at_images}});
    const std::size_t first_block = sweeps.size();
    std::vector<OutputGradientObserver> at_block_inputs;
    if (needs_.has(Need::block_pullbacks)) add_block_sweeps(at_block_inputs, sweeps);

    Pass pass(network, NormMode::minibatch, watching, sweeps, inputs_.activations);
    if (!run_pass("forward pass of the minibatch", all_of_minibatch(),
                  [&] { measured_.logits = pass.forward(inputs_.images); }))
      return;
    if (pass.wanted(0)) {
      run_pass(needs_.has(Need::weight_gradients)
                   ? "backward pass of the loss with weight gradients"
                   : "backward pass of the loss",
               all_of_loss(), [&] {
                 pass.backward(0, cross_entropy_gradient(measured_.logits, inputs_.labels),
                               sweeps.size() == 1);
               });
    }
    if (needs_.has(Need::input_jacobian)) {
      run_pass("backward pass of the summed logits to the images", all_of_sum(), [&] {
        pass.backward(1, at::ones_like(measured_.logits), sweeps.size() == 2);
        keep_jacobian(at_images.seen());
      });
    }
    if (needs_.has(Need::block_pullbacks))
      pull_blocks_back(View::data, pass, first_block, at_block_inputs);

    measured_.correlations = correlations.take();
    if_needed({Need::activation_codes},
              [&] { measured_.shared_bits[0] = codes.sum(Side::activation); });
    if_needed({Need::gradient_codes},
              [&] { measured_.shared_bits[1] = codes.sum(Side::gradient); });
    if_needed({Need::activation_patterns}, [&] { pattern_words_ = patterns.words(); });
    if_needed({features_of(View::data, NormMode::minibatch)}, [&] {
      measured_.features[{View::data, NormMode::minibatch}] = features.take();
    });
    if_needed({Need::block_covariances},
              [&] { measured_.block_covariances[View::data] = covariances.take(); });
    if_needed({Need::channel_saliency}, [&] { measured_.channel_saliency = saliency.take(); });
    if_needed({Need::weight_gradients}, [&] { weight_saliency_ = weight_saliency.terms(); });
  }

  void watch_noise() {
    constexpr Need noise_features = features_of(View::noise, NormMode::minibatch);
    FeatureObserver features(plan_);
    CovarianceObserver covariances(plan_);
    GuardedObserver guarded_features(features, {noise_features}, {}, measured_.failures);
    GuardedObserver guarded_covariances(covariances, {Need::noise_block_covariances}, {},
                                        measured_.failures);
    std::vector<PassObserver*> watching;
    if (needs_.has(noise_features)) watching.push_back(&guarded_features);
    if (needs_.has(Need::noise_block_covariances)) watching.push_back(&guarded_covariances);
    std::vector<Sweep> sweeps;
    std::vector<OutputGradientObserver> at_block_inputs;
    if (needs_.has(Need::noise_block_pullbacks)) add_block_sweeps(at_block_inputs, sweeps);

    Pass pass(inputs_.network, NormMode::minibatch, watching, sweeps, inputs_.activations);
    if (!run_pass("forward pass of noise", all_of_noise(),
                  [&] { pass.forward(images_of(View::noise)); }))
      return;
    if (needs_.has(Need::noise_block_pullbacks))
      pull_blocks_back(View::noise, pass, 0, at_block_inputs);
    if_needed({noise_features}, [&] {
      measured_.features[{View::noise, NormMode::minibatch}] = features.take();
    });
    if_needed({Need::noise_block_covariances},
              [&] { measured_.block_covariances[View::noise] = covariances.take(); });
  }

  void keep_jacobian(const at::Tensor& gradient) {
    const at::Tensor& images = inputs_.images;
    jacobian_ =
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
    run_pass("backward pass of every block from random signs", all_of_blocks(view), [&] {
      const std::size_t blocks = at_inputs.size();
      measured_.block_pullbacks[view].resize(blocks);
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
    const at::Tensor v = inputs_.noise.signs(block, output.sizes());
    pass.backward(sweep, v.contiguous(at::MemoryFormat::ChannelsLast), false);
    const at::Tensor& seen = at_input.seen();
    const FeatureShape& in = plan_.layers[static_cast<std::size_t>(plan_.blocks[number - 1])].out;
    const at::Tensor u = space_to_depth(
        seen.defined() ? seen
                       : at::zeros({v.size(0), in.channels, in.height, in.width}, v.options()),
        output);
    measured_.block_pullbacks[view][number - 1] = {mean_channel_products(u, v)};
    if (u.sizes() == v.sizes()) possible_identities_.push_back({view, number - 1, equal(u, v)});
  }

  /// Whether all values are equal, without waiting for a device.
  static at::Tensor equal(const at::Tensor& u, const at::Tensor& v) {
    return u.is_cpu() ? at::scalar_tensor(u.equal(v), at::kBool) : u.eq(v).all();
  }

  at::Tensor images_of(View view) const {
    return wrcor::images_of(view, inputs_.images, inputs_.noise);
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
    run_pass(what, {features_of(view, norms)}, [&] {
      FeatureObserver observer(plan_);
      Pass(inputs_.network, norms, {&observer}, {}).forward(images_of(view));
      measured_.features[{view, norms}] = observer.take();
    });
  }

  /// A block whose output and input have the same shape.
  struct PossibleIdentity {
    View view;
    std::size_t block;
    at::Tensor equal;  ///< whether the signs came back unchanged
  };

  struct FeatureShift {
    View moved;
    NormMode norms;
    at::Tensor distance;
  };

  const Observation::Inputs& inputs_;
  Requirements needs_;
  const NetworkPlan& plan_;
  Measurements measured_;
  at::Tensor jacobian_;         ///< [N, 3HW]
  at::Tensor weight_saliency_;  ///< [layers, 3] float64
  at::Tensor pattern_words_;    ///< [units, words] int32
  std::vector<RecordedChannels> recorded_;
  at::Tensor path_terms_, half_terms_;  ///< as of the functions of these names
  std::vector<FeatureShift> shifts_;
  std::vector<PossibleIdentity> possible_identities_;
};

}  // namespace

Observation::Observation(const Inputs& inputs, Requirements requirements)
    : inputs_(inputs), measured_(Measurement(inputs, requirements).run()) {}

}  // namespace wrcor

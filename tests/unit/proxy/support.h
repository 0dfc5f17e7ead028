#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "baseline.h"
#include "minibatch/minibatch.h"
#include "proxy/factory.h"
#include "space/plan_builder.h"
#include "support/catch.h"
#include "support/small_spaces.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor::test {

/// Weights that a test chooses, by name.
class ChosenWeights final : public WeightSource {
 public:
  explicit ChosenWeights(std::map<std::string, at::Tensor> tensors)
      : tensors_(std::move(tensors)) {}
  at::Tensor get(const Parameter& parameter) const override {
    return tensors_.at(parameter.name).view(parameter.shape);
  }

 private:
  std::map<std::string, at::Tensor> tensors_;
};

/// Noise in the floating type of a network.
class TypedNoise final : public Noise {
 public:
  static constexpr std::uint64_t seed = 7;
  explicit TypedNoise(at::ScalarType type) : Noise(seed, at::kCPU), type_(type) {}
  at::Tensor normal(int draw, at::IntArrayRef shape) const override {
    return Noise::normal(draw, shape).to(type_);
  }

 private:
  at::ScalarType type_;
};

/// A network with its inputs, scored by this program or computed in float64 for autograd.
struct Subject {
  std::string name;
  NetworkPlan plan;
  std::shared_ptr<const WeightSource> source;
  at::Tensor images;
  at::Tensor labels;
  /// Whether float32 keeps five digits of the scores. Batch norms of few values, as in small deep
  /// chains, enlarge rounding.
  bool keeps_digits = true;

  Score score(const std::string& proxy, ProxyInput input = ProxyInput::published,
              at::ScalarType type = at::kFloat) const {
    const NasBench201 space({4, 1, 10, 32, 32});  // unused by the proxies that are tested with it
    const Network network = Network(plan, *source).transformed([&](const at::Tensor& tensor) {
      return tensor.to(type);
    });
    const auto made = make_proxy(proxy, {space, input});
    const at::Tensor typed = images.to(type);
    const TypedNoise noise(type);
    const Observation seen({network, typed, labels, Counting::reference, noise},
                           made->requirements());
    return score_of(*made, seen);
  }

  /// Whether the score less `part` is this, in float64 and in float32.
  void check(const std::string& proxy, ProxyInput input, double expected, double part = 0) const {
    INFO(name << ", " << proxy << (input == ProxyInput::images ? " of images" : ""));
    const Score exact = score(proxy, input, at::kDouble), usual = score(proxy, input);
    REQUIRE(exact.value);
    REQUIRE(usual.value);
    CHECK(*exact.value - part == Approx(expected - part).epsilon(1e-8));
    if (keeps_digits) CHECK(*usual.value - part == Approx(expected - part).epsilon(1e-5));
  }

  /// What a proxy receives as noise.
  at::Tensor gaussian_images() const { return TypedNoise(at::kFloat).normal(0, images.sizes()); }
  Rng stream(const std::string& purpose) const { return TypedNoise(at::kFloat).stream(purpose); }

  /// The trainable tensors of every layer, float64 leaves.
  std::vector<std::vector<at::Tensor>> leaves() const {
    std::vector<std::vector<at::Tensor>> all;
    for (const Layer& layer : plan.layers) {
      std::vector<at::Tensor>& mine = all.emplace_back();
      for (const Parameter& parameter : layer.parameters)
        mine.push_back(source->get(parameter).to(at::kDouble).detach().clone().requires_grad_());
    }
    return all;
  }

  /// The output of every layer.
  std::vector<at::Tensor> outputs(const std::vector<std::vector<at::Tensor>>& weights,
                                  const at::Tensor& inputs, bool training) const {
    std::vector<at::Tensor> all{inputs.to(at::kDouble)};
    for (std::size_t i = 1; i < plan.layers.size(); ++i) {
      std::vector<at::Tensor> read;
      for (const int input : plan.layers[i].inputs)
        read.push_back(all[static_cast<std::size_t>(input)]);
      all.push_back(baseline_layer(plan.layers[i], weights[i], read, training));
    }
    return all;
  }
};

/// Small networks of all spaces: dead branches, groups, biases, squeeze and excitation.
inline std::vector<Subject> subjects() {
  std::vector<Subject> all;
  for (const auto& space : all_spaces()) {
    if (reads_large_images(*space)) continue;
    const Minibatch minibatch = small_minibatch(*space);
    for (const Genotype& genotype : small_networks(*space, 2)) {
      if (!space->connected(genotype)) continue;
      all.push_back({space->name() + " " + space->format(genotype), space->plan(genotype),
                     std::make_shared<WeightBank>(9, Initialisation::standard, at::kCPU),
                     minibatch.images, minibatch.labels,
                     space->name() == "nb201" || space->name() == "nats_sss"});
    }
  }
  return all;
}

/// A 1x1 convolution "c" of images of 2x2, their mean, and a linear layer "l" of two classes.
/// @param images  [N, 3, 2, 2]
inline Subject tiny_subject(const at::Tensor& images, const std::vector<std::int64_t>& labels,
                            const at::Tensor& convolution, const at::Tensor& linear) {
  const auto channels = static_cast<int>(convolution.size(0));
  PlanBuilder builder;
  const int convolved = builder.convolution(builder.input({3, 2, 2}), channels, {}, "c");
  builder.linear(builder.global_average(convolved, "mean"), 2, "l");
  const std::map<std::string, at::Tensor> weights{
      {"c.weight", convolution}, {"l.weight", linear}, {"l.bias", at::zeros({2})}};
  return {"tiny", std::move(builder).take(), std::make_shared<ChosenWeights>(weights), images,
          at::tensor(labels, at::kLong)};
}

}  // namespace wrcor::test

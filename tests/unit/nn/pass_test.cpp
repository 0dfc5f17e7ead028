#include <map>
#include <set>

#include "baseline.h"
#include "nn/pass.h"
#include "nn/response.h"
#include "support/catch.h"
#include "wrcor/core/random.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

constexpr MacroSettings tiny{4, 1, 10, 8, 8};

struct Batch {
  at::Tensor images;
  at::Tensor labels;
};

Batch make_batch(int samples) {
  at::Tensor images = at::empty({samples, 3, tiny.height, tiny.width});
  at::Tensor labels = at::empty({samples}, at::kLong);
  Rng rng(3);
  float* image = images.data_ptr<float>();
  for (std::int64_t i = 0; i < images.numel(); ++i) image[i] = static_cast<float>(rng.normal());
  for (int i = 0; i < samples; ++i)
    labels.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(rng.below(10));
  return {images, labels};
}

/// Keeps every response, by tap.
class KeepAll final : public TapObserver {
 public:
  using Key = std::pair<int, Side>;
  using TapObserver::TapObserver;
  std::map<Key, at::Tensor> kept;

 protected:
  void record(const at::Tensor& response, std::span<const Tap> taps) override {
    for (const Tap& tap : taps) kept[{tap.layer, tap.side}] = response.clone();
  }
};

double difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

void require_equal_to_autograd(const Genotype& genotype, Counting counting) {
  const NasBench201 space(tiny);
  const NetworkPlan plan = space.plan(genotype);
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  const Batch batch = make_batch(6);
  KeepAll recorder(plan, plan.responses(counting));
  const Network network(plan, bank);
  Pass pass(network, NormMode::minibatch, {&recorder}, {{plan.logits(), {&recorder}}});
  const at::Tensor logits = pass.forward(batch.images);
  pass.backward(0, cross_entropy_gradient(logits, batch.labels), true);
  const BaselinePass baseline = baseline_pass(plan, bank, batch.images, batch.labels, counting);
  INFO(space.format(genotype));
  CHECK(difference(logits, baseline.logits) < 1e-5);
  std::set<KeepAll::Key> compared;
  for (const BaselineResponse& response : baseline.responses) {
    const auto found = recorder.kept.find({response.tap.layer, response.tap.side});
    if (found == recorder.kept.end()) {
      // A gradient that reaches no loss: autograd has
      // none, or zeros by way of a multiplication by zero.
      CHECK(response.values.abs().max().item<double>() == 0);
      continue;
    }
    const double scale = response.values.abs().max().item<double>();
    CHECK(difference(found->second, response.values) <= 1e-4 * scale);
    compared.insert(found->first);
  }
  CHECK(compared.size() == recorder.kept.size());
}

}  // namespace

TEST_CASE("the explicit passes equal autograd on every kind of cell", "[nn][pass]") {
  const NasBench201 space(tiny);
  Rng rng(11);
  for (int i = 0; i < 30; ++i) require_equal_to_autograd(space.sample(rng), Counting::reference);
  for (int i = 0; i < 10; ++i) require_equal_to_autograd(space.sample(rng), Counting::paper);
  // Fed by zeros; into a dead end; nothing at all; one node twice in a sum; everything.
  for (const char* arch :
       {"|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
        "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
        "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|skip_connect~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|skip_connect~1|none~2|",
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_"
        "3x3~2|"}) {
    require_equal_to_autograd(space.parse(arch), Counting::reference);
  }
}

TEST_CASE("a pass without gradient taps runs forward only", "[nn][pass]") {
  const NasBench201 space(tiny);
  const NetworkPlan plan = space.plan(
      space.parse("|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|nor_conv_1x1~1|none~2|"));
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  const Batch batch = make_batch(4);
  std::vector<Tap> taps = plan.responses(Counting::reference);
  std::erase_if(taps, [](const Tap& tap) { return tap.side == Side::gradient; });
  KeepAll recorder(plan, taps);
  const Network network(plan, bank);
  Pass pass(network, NormMode::minibatch, {&recorder}, {{plan.logits(), {&recorder}}});
  pass.forward(batch.images);
  CHECK_FALSE(pass.wanted(0));
  CHECK_FALSE(recorder.kept.empty());
}

TEST_CASE("taps count as the published code does, or every ReLU once", "[nn][response]") {
  // One convolution reads node 0 and two read node 1: three blocks a cell, three cells, two
  // reductions of two blocks.
  const NasBench201 space(tiny);
  const NetworkPlan plan = space.plan(space.parse(
      "|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|skip_connect~2|"));
  const auto count = [&](Counting counting, Side side) {
    int total = 0;
    for (const Tap& tap : plan.responses(counting))
      total += tap.side == side ? tap.multiplicity : 0;
    return total;
  };
  constexpr int blocks = 3 * 3 + 2 * 2;
  CHECK(count(Counting::reference, Side::activation) == 2 * blocks + 1);
  CHECK(count(Counting::reference, Side::gradient) == 2 * blocks + 1);
  CHECK(count(Counting::paper, Side::activation) == blocks + 1);
  CHECK(count(Counting::paper, Side::gradient) == blocks + 1);
  for (const Tap& tap : plan.responses(Counting::reference))
    CHECK((tap.unit >= 0 && tap.unit <= 5));
}

TEST_CASE("blocks that read one node share one activation tap", "[nn][response]") {
  const NasBench201 space(tiny);
  const NetworkPlan plan = space.plan(
      space.parse("|nor_conv_1x1~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|none~1|none~2|"));
  const std::vector<Tap> taps = plan.responses(Counting::reference);
  const auto first_cell = [](const Tap& tap) {
    return tap.side == Side::activation && tap.unit == 0;
  };
  REQUIRE(std::count_if(taps.begin(), taps.end(), first_cell) == 1);
  CHECK(std::find_if(taps.begin(), taps.end(), first_cell)->multiplicity == 6);
}

#include "proxy/batch_observation.h"

#include "support/catch.h"
#include "wrcor/core/random.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

constexpr MacroSettings tiny{4, 2, 10, 8, 8};
const Requirements both{Need::activation_correlations, Need::gradient_correlations, Need::logits};

struct Batch {
  at::Tensor images;
  at::Tensor labels;
};

Batch make_batch(int samples) {
  at::manual_seed(9);
  return {at::randn({samples, 3, tiny.height, tiny.width}),
          at::arange(samples, at::kLong).remainder(tiny.classes)};
}

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>() / std::max(b.abs().max().item<double>(), 1e-30);
}

void require_equal(const Observation& one, const Observation& alone) {
  CHECK(relative_difference(one.logits(), alone.logits()) < 1e-5);
  REQUIRE(one.correlations().units() == alone.correlations().units());
  for (int unit = 0; unit < alone.correlations().units(); ++unit) {
    for (const Side side : {Side::activation, Side::gradient}) {
      const at::Tensor expected = alone.correlations().sum(side, unit);
      const at::Tensor computed = one.correlations().sum(side, unit);
      INFO("unit " << unit << (side == Side::activation ? ", activations" : ", gradients"));
      REQUIRE(computed.defined() == expected.defined());
      if (expected.defined()) CHECK(relative_difference(computed, expected) < 1e-5);
    }
  }
}

/// @param banks  by network; equal ones share their weights
void require_batch_equals_single(const std::vector<Genotype>& genotypes,
                                 const std::vector<const WeightBank*>& banks, Counting counting,
                                 Requirements needs) {
  const NasBench201 space(tiny);
  const Batch batch = make_batch(12);
  const Noise noise(0, at::kCPU);
  std::vector<Network> networks;
  for (std::size_t i = 0; i < genotypes.size(); ++i)
    networks.emplace_back(space.plan(genotypes[i]), *banks[i]);
  const Observation::Inputs inputs{networks.front(), batch.images, batch.labels, counting, noise};
  const std::vector<Observation> together = observe_batch(inputs, networks, needs);
  REQUIRE(together.size() == networks.size());
  for (std::size_t i = 0; i < networks.size(); ++i) {
    INFO(i << ": " << space.format(genotypes[i]));
    CHECK(&together[i].network() == &networks[i]);
    require_equal(together[i],
                  Observation({networks[i], batch.images, batch.labels, counting, noise}, needs));
  }
}

std::vector<Genotype> random_cells(int count, std::uint64_t seed) {
  const NasBench201 space(tiny);
  Rng rng(seed);
  std::vector<Genotype> cells;
  for (int i = 0; i < count; ++i) cells.push_back(space.sample(rng));
  return cells;
}

}  // namespace

TEST_CASE("a batch of random cells shows what each network shows alone", "[proxy][batch]") {
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  for (const int count : {1, 2, 7, 20}) {
    const std::vector<const WeightBank*> banks(static_cast<std::size_t>(count), &bank);
    const std::vector<Genotype> cells = random_cells(count, 40 + static_cast<std::uint64_t>(count));
    INFO(count << " networks");
    require_batch_equals_single(cells, banks, Counting::reference, both);
    require_batch_equals_single(cells, banks, Counting::paper, both);
  }
}

TEST_CASE("a batch holds dead ends, disconnected cells and equal ones", "[proxy][batch]") {
  const NasBench201 space(tiny);
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  std::vector<Genotype> cells;
  for (const char* arch :
       {"|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
        "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
        "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
        "|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
        "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_3x3~0|avg_pool_3x3~1|nor_conv_"
        "1x1~2|"})
    cells.push_back(space.parse(arch));
  require_batch_equals_single(cells, std::vector<const WeightBank*>(cells.size(), &bank),
                              Counting::reference, both);
}

TEST_CASE("networks of a batch may have weights of their own", "[proxy][batch]") {
  const WeightBank first(1, Initialisation::standard, at::kCPU),
      second(2, Initialisation::kaiming, at::kCPU);
  require_batch_equals_single(random_cells(6, 5),
                              {&first, &second, &first, &first, &second, &first},
                              Counting::reference, both);
}

TEST_CASE("a batch runs forward only when no gradient is asked for", "[proxy][batch]") {
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  require_batch_equals_single(random_cells(5, 8), std::vector<const WeightBank*>(5, &bank),
                              Counting::reference, {Need::activation_correlations, Need::logits});
}

TEST_CASE("what a batch cannot show is known", "[proxy][batch]") {
  CHECK(fits_batch(both));
  CHECK(fits_batch({}));
  CHECK_FALSE(fits_batch({Need::activation_correlations, Need::weight_gradients}));
  CHECK_FALSE(fits_batch({features_of(View::noise, NormMode::off)}));
}

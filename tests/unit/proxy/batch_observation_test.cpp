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

namespace {

/// Every need that a batch measures in its own way.
const Requirements everything = [] {
  Requirements all{Need::activation_correlations,
                   Need::gradient_correlations,
                   Need::activation_codes,
                   Need::gradient_codes,
                   Need::activation_patterns,
                   Need::weight_gradients,
                   Need::channel_saliency,
                   Need::input_jacobian,
                   Need::block_covariances,
                   Need::block_pullbacks,
                   Need::noise_block_covariances,
                   Need::noise_block_pullbacks,
                   Need::logits,
                   Need::channel_records,
                   Need::path_strength,
                   Need::half_gradients};
  for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
    for (const View view : {View::data, View::data_perturbed, View::noise, View::noise_perturbed})
      all |= {features_of(view, norms)};
  }
  return all;
}();

void require_equal_maps(const at::Tensor& one, const at::Tensor& alone) {
  REQUIRE(one.defined() == alone.defined());
  if (!alone.defined()) return;
  REQUIRE(one.sizes() == alone.sizes());
  CHECK(relative_difference(one, alone) < 1e-4);
}

void require_equal_measurements(const Observation& one, const Observation& alone) {
  for (const Side side : {Side::activation, Side::gradient})
    require_equal_maps(one.shared_bits(side), alone.shared_bits(side));
  CHECK(one.distinct_patterns() == alone.distinct_patterns());
  REQUIRE(one.weight_saliency().size() == alone.weight_saliency().size());
  for (std::size_t i = 0; i < alone.weight_saliency().size(); ++i) {
    CHECK(one.weight_saliency()[i].magnitude ==
          Approx(alone.weight_saliency()[i].magnitude).epsilon(1e-4));
    CHECK(one.weight_saliency()[i].gradient_norm ==
          Approx(alone.weight_saliency()[i].gradient_norm).epsilon(1e-4));
  }
  REQUIRE(one.channel_saliency().size() == alone.channel_saliency().size());
  for (std::size_t i = 0; i < alone.channel_saliency().size(); ++i) {
    CHECK(one.channel_saliency()[i].layer == alone.channel_saliency()[i].layer);
    require_equal_maps(one.channel_saliency()[i].values, alone.channel_saliency()[i].values);
  }
  CHECK(one.input_jacobian().mean_magnitude ==
        Approx(alone.input_jacobian().mean_magnitude).epsilon(1e-4));
  require_equal_maps(one.input_jacobian().correlation, alone.input_jacobian().correlation);
  for (const View view : {View::data, View::noise}) {
    REQUIRE(one.block_covariances(view).size() == alone.block_covariances(view).size());
    for (std::size_t i = 0; i < alone.block_covariances(view).size(); ++i)
      require_equal_maps(one.block_covariances(view)[i], alone.block_covariances(view)[i]);
    REQUIRE(one.block_pullbacks(view).size() == alone.block_pullbacks(view).size());
    for (std::size_t i = 0; i < alone.block_pullbacks(view).size(); ++i) {
      CHECK(one.block_pullbacks(view)[i].identity == alone.block_pullbacks(view)[i].identity);
      require_equal_maps(one.block_pullbacks(view)[i].product,
                         alone.block_pullbacks(view)[i].product);
    }
  }
  REQUIRE(one.channel_records().size() == alone.channel_records().size());
  for (std::size_t i = 0; i < alone.channel_records().size(); ++i) {
    CHECK(one.channel_records()[i].count == alone.channel_records()[i].count);
    require_equal_maps(one.channel_records()[i].correlation,
                       alone.channel_records()[i].correlation);
  }
  CHECK(one.path_strength().exponent == alone.path_strength().exponent);
  CHECK(one.path_strength().sum == Approx(alone.path_strength().sum).epsilon(1e-9));
  REQUIRE(one.half_gradients().sums.size() == alone.half_gradients().sums.size());
  for (const NormMode norms : {NormMode::minibatch, NormMode::off}) {
    for (const View moved : {View::data_perturbed, View::noise_perturbed}) {
      CHECK(one.feature_shift(moved, norms) ==
            Approx(alone.feature_shift(moved, norms)).epsilon(1e-3));
      const auto& variances = alone.features(moved, norms).norm_variances;
      REQUIRE(one.features(moved, norms).norm_variances.size() == variances.size());
      for (std::size_t i = 0; i < variances.size(); ++i)
        require_equal_maps(one.features(moved, norms).norm_variances[i], variances[i]);
    }
  }
}

}  // namespace

TEST_CASE("a batch makes every measurement that a network alone makes", "[proxy][batch]") {
  const NasBench201 space(tiny);
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  const Batch batch = make_batch(9);
  const Noise noise(3, at::kCPU);
  std::vector<Genotype> cells = random_cells(5, 77);
  cells.push_back(space.parse("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"));
  cells.push_back(space.parse("|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"));
  cells.push_back(space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"));
  std::vector<Network> networks;
  for (const Genotype& cell : cells) networks.emplace_back(space.plan(cell), bank);
  const Observation::Inputs inputs{networks.front(), batch.images, batch.labels,
                                   Counting::reference, noise};
  const std::vector<Observation> together = observe_batch(inputs, networks, everything);
  for (std::size_t i = 0; i < networks.size(); ++i) {
    INFO(space.format(cells[i]));
    const Observation alone({networks[i], batch.images, batch.labels, Counting::reference, noise},
                            everything);
    require_equal(together[i], alone);
    require_equal_measurements(together[i], alone);
  }
}

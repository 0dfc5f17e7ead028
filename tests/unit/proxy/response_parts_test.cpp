#include "proxy/response_parts.h"

#include <algorithm>
#include <cmath>

#include "baseline.h"
#include "data/synthetic.h"
#include "minibatch/minibatch.h"
#include "nn/weights.h"
#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

constexpr int samples = 12;

struct Fixture {
  NasBench201 space{MacroSettings{4, 1, 10, 32, 32}};
  Minibatch minibatch = draw_minibatch(*make_synthetic(), samples, true, 1);
  WeightBank bank{9, Initialisation::standard, at::kCPU};

  std::vector<ResponsePart> parts(const std::string& arch, Counting counting) const {
    const Network network(space.plan(space.parse(arch)), bank);
    return response_parts(network, minibatch.images, minibatch.labels, counting);
  }
  BaselinePass baseline(const std::string& arch, Counting counting) const {
    return baseline_pass(space.plan(space.parse(arch)), bank, minibatch.images, minibatch.labels,
                         counting);
  }
};

const std::string cell =
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|nor_conv_3x3~1|avg_pool_3x3~2|";
const std::string dead = "|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|";

}  // namespace

TEST_CASE("the parts of K double in weight from unit to unit", "[proxy]") {
  const std::vector<ResponsePart> parts = Fixture().parts(cell, Counting::reference);
  // Of each of three cells: the activations that edges 0 and 1 read together and that of edge 4,
  // two gradients of each block; of each of two reductions: two blocks; of the head one and one.
  CHECK(parts.size() == 3 * (2 + 6) + 2 * (2 + 4) + 2);
  double shares = 0;
  for (const ResponsePart& part : parts) {
    shares += part.share;
    const double multiplicity = part.weight / std::exp2(part.unit);
    CHECK((multiplicity == 1 || multiplicity == 2 || multiplicity == 4));
    if (part.gradient) CHECK(multiplicity == 1);
    // Between the identity and a matrix of ones.
    CHECK(part.correlation > 0);
    CHECK(part.correlation < 1);
    CHECK(part.norm > part.weight * std::sqrt(samples));
    CHECK(part.norm < part.weight * samples);
  }
  CHECK(std::abs(shares - 1) < 1e-12);
  CHECK(parts.back().unit == 5);
  CHECK(parts.back().layer == "lastact.1");
}

TEST_CASE("a part's effect is what the score loses without the response", "[proxy]") {
  const Fixture fixture;
  for (const Counting counting : {Counting::reference, Counting::paper}) {
    const BaselinePass baseline = fixture.baseline(cell, counting);
    const double score = baseline_wrcor(baseline);
    const std::vector<ResponsePart> parts = fixture.parts(cell, counting);
    REQUIRE(parts.size() == baseline.responses.size());
    for (std::size_t i = 0; i < baseline.responses.size(); ++i) {
      BaselinePass without = baseline;
      without.responses.erase(without.responses.begin() + static_cast<std::ptrdiff_t>(i));
      const Tap& tap = baseline.responses[i].tap;
      const std::string layer = fixture.space.plan(fixture.space.parse(cell))
                                    .layers[static_cast<std::size_t>(tap.layer)]
                                    .name;
      const auto part = std::find_if(parts.begin(), parts.end(), [&](const ResponsePart& one) {
        return one.layer == layer && one.gradient == (tap.side == Side::gradient) &&
               one.unit == tap.unit;
      });
      REQUIRE(part != parts.end());
      CHECK(part->effect.value() == Approx(score - baseline_wrcor(without)).margin(1e-4));
    }
  }
}

TEST_CASE("what no gradient reaches has an activation only", "[proxy]") {
  const std::vector<ResponsePart> parts = Fixture().parts(dead, Counting::paper);
  const auto of = [&](bool gradient) {
    return std::count_if(parts.begin(), parts.end(), [&](const ResponsePart& part) {
      return part.gradient == gradient && part.unit == 0;
    });
  };
  CHECK(of(false) == 2);  // the inputs of edges 0 and 2
  CHECK(of(true) == 0);
}

#include "work.h"

#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const NasBench201& space() {
  static const NasBench201 only(MacroSettings{16, 5, 10, 32, 32});
  return only;
}

EvaluationWork work(const char* arch, int samples = 64) {
  return work_of(space().plan(space().parse(arch)), samples, Counting::reference);
}

const char* const all_convolutions =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2"
    "|";

}  // namespace

TEST_CASE("operations are those of the convolutions and little else", "[bench]") {
  const double convolutions =
      2.0 * 64 * static_cast<double>(space().plan(space().parse(all_convolutions)).flops());
  const EvaluationWork all = work(all_convolutions);
  CHECK(all.forward.flop > convolutions);
  CHECK(all.forward.flop < 1.05 * convolutions);
  // A gradient at the input needs as many; the stem's has no reader.
  CHECK(all.backward.flop < all.forward.flop);
  CHECK(all.backward.flop > 0.98 * all.forward.flop);
}

TEST_CASE("correlations take half a square of products for every response", "[bench]") {
  // No convolution but in the two reductions (two blocks each) and a ReLU at the end.
  const EvaluationWork none =
      work("|skip_connect~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|", 10);
  const double first = 16 * 32 * 32, second = first / 2, third = first / 4;
  // By side: input of conv_a, of conv_b (gradients also at their outputs), of the last ReLU.
  const double activations = (first + second) + (second + third) + third;
  const double gradients = (first + 2 * second + second) + (second + 2 * third + third) + third;
  CHECK(none.correlation.flop == Approx(10 * 11 * (activations + gradients)));
  CHECK(none.correlation.bytes == Approx(4 * 10 * (activations + gradients)));
}

TEST_CASE("no gradient passes what reaches no loss", "[bench]") {
  const EvaluationWork cut = work("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|");
  CHECK(cut.forward.flop > 1e8);
  CHECK(cut.backward.flop < 0.01 * cut.forward.flop);
}

TEST_CASE("the slower of two limits counts", "[bench]") {
  const Machine machine{1e9, 1e8};
  CHECK(machine.seconds({2e9, 1e8}) == Approx(2));
  CHECK(machine.seconds({1e9, 5e8}) == Approx(5));
}

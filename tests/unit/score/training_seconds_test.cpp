#include "score/training_seconds.h"

#include <vector>

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

TEST_CASE("seconds on a line are estimated without an error", "[score][seconds]") {
  const SecondsByFlops fit =
      fit_seconds(std::vector<double>{1, 2, 4, 8}, std::vector<double>{12, 14, 18, 26});
  CHECK(fit.base == Approx(10));
  CHECK(fit.per_flop == Approx(2));
  CHECK(fit.measured == 4);
  CHECK(fit.error == Approx(0).margin(1e-12));
  CHECK(fit.estimate(3) == Approx(16));
}

TEST_CASE("the error of the estimate leaves each network out", "[score][seconds]") {
  const std::vector<double> flops{1, 2, 3, 4}, seconds{10, 12, 9, 20};
  double expected = 0;
  for (std::size_t out = 0; out < 4; ++out) {
    std::vector<double> other_flops = flops, other_seconds = seconds;
    other_flops.erase(other_flops.begin() + static_cast<std::ptrdiff_t>(out));
    other_seconds.erase(other_seconds.begin() + static_cast<std::ptrdiff_t>(out));
    const double estimate = fit_seconds(other_flops, other_seconds).estimate(flops[out]);
    expected += std::abs(estimate - seconds[out]) / seconds[out] / 4;
  }
  CHECK(fit_seconds(flops, seconds).error == Approx(expected));
}

TEST_CASE("too little to fit a line to is refused", "[score][seconds]") {
  CHECK_THROWS_WITH(fit_seconds(std::vector<double>{1, 2}, std::vector<double>{1, 2}),
                    ContainsSubstring("at least 3 networks, not 2"));
  CHECK_THROWS_WITH(fit_seconds(std::vector<double>{5, 5, 5}, std::vector<double>{1, 2, 3}),
                    ContainsSubstring("all 3 measured networks have the same"));
}

#include "proxy/correlation.h"

#include <cmath>
#include <limits>

#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace

TEST_CASE("two identical samples correlate perfectly, opposite ones too", "[proxy][correlation]") {
  const at::Tensor rows = at::tensor({1.f, 2.f, 4.f, 1.f, 2.f, 4.f, -1.f, -2.f, -4.f}).view({3, 3});
  CHECK(largest_difference(abs_correlation(rows), at::ones({3, 3}, at::kDouble)) < 1e-7);
}

TEST_CASE("a coefficient is Pearson's", "[proxy][correlation]") {
  // Centred (-1, 0, 1) and (-1, 2, -1)/... : by hand, covariance 0 of (1,2,3) and (1,3,1); 0.5 of
  // (1,2,3) and (2,1,3).
  const at::Tensor rows = at::tensor({1.f, 2.f, 3.f, 1.f, 3.f, 1.f, 2.f, 1.f, 3.f}).view({3, 3});
  const at::Tensor r = abs_correlation(rows);
  CHECK(r[0][1].item<double>() == Approx(0).margin(1e-7));
  CHECK(r[0][2].item<double>() == Approx(0.5));
  CHECK(r[1][2].item<double>() == Approx(std::sqrt(3.0) / 2));
  CHECK(r[2][2].item<double>() == 1);
}

TEST_CASE("the float32 path agrees with float64", "[proxy][correlation]") {
  at::manual_seed(1);
  const at::Tensor response = at::randn({32, 8, 10, 10}) + 0.5;
  const at::Tensor exact = abs_correlation(response.to(at::kDouble));
  CHECK(largest_difference(abs_correlation(response), exact) < 1e-6);
  CHECK(largest_difference(abs_correlation(response.contiguous(at::MemoryFormat::ChannelsLast)),
                           exact) < 1e-6);
  CHECK(largest_difference(exact, at::corrcoef(response.to(at::kDouble).reshape({32, -1})).abs()) <
        1e-12);
}

TEST_CASE("every instruction set correlates any number of rows and features",
          "[proxy][correlation]") {
  at::manual_seed(5);
  for (const std::int64_t rows : {2, 3, 7, 16, 33}) {
    for (const std::int64_t features : {5, 256, 300, 2000}) {
      const at::Tensor response = at::randn({rows, features}) + at::randn({rows, 1}) / 3;
      const at::Tensor exact = abs_correlation(response.to(at::kDouble));
      test::for_each_vector_target([&](const char* target) {
        INFO(target << ": " << rows << " rows of " << features);
        const at::Tensor matrix = abs_correlation(response);
        CHECK(largest_difference(matrix, exact) < 2e-6);
        CHECK(matrix.equal(matrix.t()));
      });
    }
  }
}

TEST_CASE("responses that float32 cannot hold are correlated all the same",
          "[proxy][correlation]") {
  at::manual_seed(2);
  const at::Tensor response = at::randn({6, 500});
  const at::Tensor exact = abs_correlation(response.to(at::kDouble));
  for (const double scale : {1e-30, 1e-20, 1e18, 1e25}) {
    CHECK(largest_difference(abs_correlation(response * scale), exact) < 1e-6);
  }
  CHECK(largest_difference(abs_correlation(response + 1e5),
                           abs_correlation((response + 1e5).to(at::kDouble))) < 1e-12);
}

TEST_CASE("a response with a constant sample adds nothing", "[proxy][correlation]") {
  at::manual_seed(3);
  const at::Tensor zero = at::zeros({4, 4}, at::kDouble);
  for (const double constant : {0.0, 0.1, 1e8, 1e-30}) {
    at::Tensor response = at::randn({4, 3, 5, 5});
    response[2].fill_(constant);
    CHECK(abs_correlation(response).equal(zero));
    CHECK(abs_correlation(response.to(at::kDouble)).equal(zero));
  }
}

TEST_CASE("a response with a sample that is not finite shows it", "[proxy][correlation]") {
  at::manual_seed(3);
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  for (const double broken : {nan, infinity, -infinity}) {
    for (const bool constant_too : {false, true}) {
      at::Tensor response = at::randn({4, 75});
      response[1][7] = broken;
      if (constant_too) response[3].fill_(0);
      CHECK(abs_correlation(response).isnan().any().item<bool>());
      CHECK(abs_correlation(response.to(at::kDouble)).isnan().any().item<bool>());
      CHECK(correlation_products(response.unsqueeze(1)).isnan().any().item<bool>());
    }
  }
}

TEST_CASE("sums are kept by side and unit with their multiplicities", "[proxy][correlation]") {
  at::manual_seed(4);
  const at::Tensor a = at::randn({5, 20}), b = at::randn({5, 20});
  CorrelationSums sums;
  sums.add(Side::activation, 1, abs_correlation(a), 3);
  sums.add(Side::activation, 2, abs_correlation(a));
  sums.add(Side::gradient, 1, abs_correlation(b));
  sums.add(Side::gradient, 1, abs_correlation(a));
  CHECK(sums.units() == 3);
  CHECK_FALSE(sums.sum(Side::activation, 0).defined());
  CHECK(largest_difference(sums.sum(Side::activation, 1), 3 * abs_correlation(a)) < 1e-15);
  CHECK(largest_difference(sums.sum(Side::activation, 2), abs_correlation(a)) < 1e-15);
  CHECK(largest_difference(sums.sum(Side::gradient, 1), abs_correlation(a) + abs_correlation(b)) <
        1e-15);
}

TEST_CASE("log-determinants have their value, count part and sign", "[proxy][determinant]") {
  const auto of = [](std::vector<double> values, std::int64_t n) {
    return log_determinant(at::tensor(values, at::kDouble).view({n, n}));
  };
  const LogDeterminant simple = of({4, 2, 2, 4}, 2);  // det 12
  CHECK(simple.value == Approx(std::log(12.0)));
  CHECK(simple.sign == 1);
  CHECK_FALSE(simple.singular);
  // Absolute values can take definiteness away: eigenvalues 1 + 2 * 0.9, 0.1, 0.1 become one
  // negative here.
  const LogDeterminant negative = of({1, .9, .9, .9, 1, .2, .9, .2, 1}, 3);
  CHECK(negative.sign == -1);
  CHECK(negative.value == Approx(std::log(std::abs(1 + 2 * .9 * .9 * .2 - .9 * .9 * 2 - .2 * .2))));
  CHECK(of({1, 1, 1, 1}, 2).singular);
  const LogDeterminant zero = of({0, 0, 0, 0}, 2);
  CHECK(zero.singular);
  CHECK(zero.value == -std::numeric_limits<double>::infinity());
}

#include "proxy/channel_products.h"

#include <cmath>

#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

namespace {

at::Tensor rows_of(const at::Tensor& map) {
  return map.to(at::kDouble).permute({0, 2, 3, 1}).reshape({-1, map.size(1)});
}

double worst(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace

TEST_CASE("every instruction set multiplies channels in float64", "[proxy][channels]") {
  at::manual_seed(7);
  for (const std::int64_t left : {1, 3, 4, 16, 21}) {
    for (const std::int64_t right : {1, 8, 16, 37}) {
      for (const std::int64_t size : {1, 3, 8}) {
        const at::Tensor a = at::randn({5, left, size, size}),
                         b = at::randn({5, right, size, size}),
                         mixed = b.contiguous(at::MemoryFormat::ChannelsLast);
        const at::Tensor x = rows_of(a), y = rows_of(b),
                         exact = at::mm(x.t(), y) / static_cast<double>(x.size(0));
        test::for_each_vector_target([&](const char* target) {
          INFO(target << ": " << left << " by " << right << " channels of " << size);
          CHECK(worst(mean_channel_products(a, b), exact) < 1e-14);
          CHECK(worst(mean_channel_products(a, mixed), exact) < 1e-14);
        });
      }
    }
  }
}

TEST_CASE("a covariance keeps what a large mean hides", "[proxy][channels]") {
  at::manual_seed(8);
  for (const std::int64_t channels : {2, 16, 19}) {
    const at::Tensor map = at::randn({4, channels, 6, 6}) + 1000;
    const at::Tensor centred = rows_of(map) - rows_of(map).mean(0),
                     exact = at::mm(centred.t(), centred) / static_cast<double>(centred.size(0));
    test::for_each_vector_target([&](const char* target) {
      INFO(target << ": " << channels << " channels");
      const at::Tensor covariance = channel_covariance(map);
      CHECK(worst(covariance, exact) < 1e-12);
      CHECK(covariance.equal(covariance.t()));
    });
  }
}

TEST_CASE("the covariance of equal values is zero, not almost", "[proxy][channels]") {
  const at::Tensor map = at::full({8, 5, 4, 4}, 0.1f);
  test::for_each_vector_target([&](const char* target) {
    INFO(target);
    CHECK(channel_covariance(map).count_nonzero().item<std::int64_t>() == 0);
  });
}

TEST_CASE("products of channels show what is not finite", "[proxy][channels]") {
  at::Tensor map = at::ones({2, 3, 4, 4});
  map[1][2][3][3] = INFINITY;
  const at::Tensor covariance = channel_covariance(map);
  CHECK_FALSE(std::isfinite(covariance[2][2].item<double>()));
  CHECK(covariance[0][1].item<double>() == 0);
}

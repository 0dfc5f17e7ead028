#include "wrcor/run/parity.h"
#include "support/catch.h"
#include "support/shared.h"

namespace {

void require_parity(const std::filesystem::path& folder, std::size_t cases) {
  const auto results = wrcor::check_parity(folder, "cpu");
  REQUIRE(results.size() == cases);
  for (const wrcor::ParityCase& result : results) {
    INFO(result.network << " " << result.proxy << ": expected " << result.expected << ", computed "
                        << result.computed);
    CHECK(result.error <= result.limit);
  }
}

}  // namespace

TEST_CASE("scores of small networks equal those of the published implementation", "[golden]") {
  require_parity(std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/golden/nb201_small", 14 * 21);
}

TEST_CASE("scores of full-size networks equal those of the published implementation", "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/nb201_full");
  require_parity(folder, 2 * 13);
}

TEST_CASE("relative error tells special values apart", "[golden]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(wrcor::relative_error(-infinity, -infinity) == 0);
  CHECK(wrcor::relative_error(nan, nan) == 0);
  CHECK(wrcor::relative_error(infinity, -infinity) == infinity);
  CHECK(wrcor::relative_error(1.0, nan) == infinity);
  CHECK(wrcor::relative_error(99.0, 100.0) == Approx(0.01));
}

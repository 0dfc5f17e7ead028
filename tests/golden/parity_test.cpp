#include "run/parity.h"

#include "support/catch.h"
#include "support/shared.h"
#include "support/vector_targets.h"
#include "wrcor/core/error.h"

namespace {

void require_parity(const wrcor::GoldenSet& golden, std::size_t cases) {
  const auto results = wrcor::check_parity(golden, "cpu");
  REQUIRE(results.size() == cases);
  for (const wrcor::ParityCase& result : results) {
    INFO(result.network << " " << result.proxy << ": expected " << result.expected << ", computed "
                        << result.computed);
    CHECK(result.error <= result.limit);
  }
}

}  // namespace

TEST_CASE("scores of small networks equal those of the published implementation", "[golden]") {
  wrcor::test::for_each_vector_target([](const char* target) {
    INFO(target);
    require_parity(wrcor::built_in_golden_set(), 14 * 21);
  });
}

TEST_CASE("the golden scores in the program are those of the folder", "[golden]") {
  const auto folder = std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/golden/nb201_small";
  const wrcor::GoldenSet in_folder = wrcor::golden_folder(folder);
  const wrcor::GoldenSet built_in = wrcor::built_in_golden_set();
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    INFO(name);
    CHECK(built_in.read(name) == in_folder.read(name));
    ++files;
  }
  CHECK(files == 16);
  CHECK_THROWS_AS(built_in.read("arch0.pt"), wrcor::DataError);
}

TEST_CASE("scores of full-size networks equal those of the published implementation", "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/nb201_full");
  wrcor::test::for_each_vector_target([&](const char* target) {
    INFO(target);
    require_parity(wrcor::golden_folder(folder), 2 * 13);
  });
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

TEST_CASE("scores of the size space equal those of the published implementation", "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/sss_small");
  // 30 published scores a network, of which dyn_isometry of 8:8:8:8:8 is noise.
  require_parity(wrcor::golden_folder(folder), 6 * 30 - 1);
}

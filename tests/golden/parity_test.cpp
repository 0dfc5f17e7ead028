#include "run/parity.h"

#include <set>

#include <nlohmann/json.hpp>

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

/// Every score agrees, but where rounding decides about it, which it may in the named networks.
void require_parity_but_for(const wrcor::GoldenSet& golden, std::size_t cases,
                            const std::set<std::string>& undecided) {
  const auto results = wrcor::check_parity(golden, "cpu");
  CHECK(results.size() == cases);
  for (const wrcor::ParityCase& result : results) {
    INFO(result.network << " " << result.proxy << ": expected " << result.expected << ", computed "
                        << result.computed << ", moves by " << result.movement);
    if (undecided.contains(result.network)) {
      CHECK((result.good() || result.undecided()));
    } else {
      CHECK(result.error <= result.limit);
    }
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
  // 30 published scores a network, of which dyn_isometry of 8:8:8:8:8 is noise. That of another one
  // differs by 4e-5, with sums in the order of the definition by 5e-6: a ReLU of either is off in
  // the other.
  require_parity_but_for(wrcor::golden_folder(folder), 6 * 30 - 1, {"size_24_40_40_16_16"});
}

TEST_CASE("scores of NAS-Bench-101 equal those of the published implementation", "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/nb101_small");
  // An image of ones gives constant maps, as max pools drop the borders: the batch norm after them
  // gives zeros, and their signs decide about the gradients of synflow_bn in seven networks. In the
  // last, naswot shows that a ReLU is off in one implementation only.
  require_parity_but_for(wrcor::golden_folder(folder), 420,
                         {"cell_043721b9", "cell_6f6257bc", "cell_e773a7a1", "cell_9f6f9ee0",
                          "cell_7d9490d5", "cell_5be7e6d7", "cell_c2832d1e", "cell_0a8d91f6"});
}

TEST_CASE("scores of MobileNetV2 networks equal those of the published implementation",
          "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/mbv2_small");
  // In "nine" the unit nearest to 0, in block 5, is 5e-8 in float64. The published network itself
  // gives another snip, by 3.5e-3, with another version of PyTorch.
  require_parity_but_for(wrcor::golden_folder(folder), 146, {"round", "nine"});
}

TEST_CASE("a wrong score is not one that rounding decides about", "[golden]") {
  const wrcor::GoldenSet built_in = wrcor::built_in_golden_set();
  const wrcor::GoldenSet wrong{"wrong", [&](const std::string& file) {
                                 const std::string content = built_in.read(file);
                                 if (file != "golden.json") return content;
                                 nlohmann::json golden = nlohmann::json::parse(content);
                                 nlohmann::json one = golden.at("cases").at(4);
                                 for (const char* proxy : {"naswot", "snip", "wrcor"}) {
                                   nlohmann::json& score = one.at("scores").at(proxy);
                                   score = score.get<double>() * 1.001;
                                 }
                                 golden.at("cases") = nlohmann::json::array({one});
                                 return golden.dump();
                               }};
  std::set<std::string> bad;
  for (const wrcor::ParityCase& result : wrcor::check_parity(wrong, "cpu")) {
    INFO(result.proxy << " moves by " << result.movement);
    CHECK_FALSE(result.undecided());
    if (!result.good()) bad.insert(result.proxy);
  }
  CHECK((bad == std::set<std::string>{"naswot", "snip", "wrcor"}));
}

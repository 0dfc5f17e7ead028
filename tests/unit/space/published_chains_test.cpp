// The example files of chains against the tables that were published with their networks.
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <string>

#include "core/file.h"
#include "csv.h"
#include "space/definition.h"
#include "support/catch.h"
#include "support/shared.h"

namespace wrcor {
namespace {

std::unique_ptr<SearchSpace> example(const char* file, const NetworkInput& input) {
  const std::filesystem::path folder = std::filesystem::path(WRCOR_SOURCE_DIR) / "configs/spaces";
  std::vector<std::string> problems;
  const auto definition = read_space_definition(read_file(folder / file), file, problems);
  REQUIRE(problems.empty());
  return make_defined_space(definition, input);
}

/// "1412" as "1,4,1,2,none,none"
std::string macro_text(const std::string& code) {
  std::string text;
  for (std::size_t k = 0; k < 6; ++k)
    text += (k == 0 ? "" : ",") + (k < code.size() ? code.substr(k, 1) : "none");
  return text;
}

}  // namespace

TEST_CASE("TransNAS-Bench-101's macro space as a file has its 3,256 architectures",
          "[space][chain]") {
  WRCOR_REQUIRE_SHARED(table, "data/tnb101_macro/tnb101_macro.csv");
  const auto space = example("transnas-macro.yaml", {{3, 256, 256}, 63});
  const test::Csv csv(table);
  REQUIRE(csv.size() == 3256);
  REQUIRE(space->size() == 3256U);
  for (std::size_t row = 0; row < csv.size(); ++row) {
    const std::string text = macro_text(csv.text(row, csv.column("code")));
    const Genotype genotype = space->parse(text);
    REQUIRE(space->at(space->index(genotype)) == genotype);
    REQUIRE(space->format(genotype) == text);
  }
}

TEST_CASE("parameters of TransNAS-Bench-101's macro networks as published", "[space][chain]") {
  WRCOR_REQUIRE_SHARED(table, "data/tnb101_macro/proxies.csv");
  // Classes that the table was computed with.
  const std::map<std::string, int> classes = {
      {"class_scene", 63}, {"class_object", 100}, {"room_layout", 9}};
  std::map<std::string, std::unique_ptr<SearchSpace>> spaces;
  for (const auto& [task, count] : classes)
    spaces[task] = example("transnas-macro.yaml", {{3, 256, 256}, count});
  const test::Csv csv(table);
  int compared = 0;
  for (std::size_t row = 0; row < csv.size(); ++row) {
    const auto found = spaces.find(csv.text(row, csv.column("task")));
    if (found == spaces.end()) continue;
    const SearchSpace& space = *found->second;
    const std::string code = csv.text(row, csv.column("code"));
    INFO(found->first << " " << code);
    const Genotype genotype = space.parse(macro_text(code));
    const NetworkPlan plan = space.plan(genotype);
    REQUIRE(space.costs(genotype).params == plan.params());
    REQUIRE(space.costs(genotype).flops == plan.flops());
    const double params = std::stod(csv.text(row, csv.column("params"))) * 1e6;
    // The table has six digits.
    REQUIRE(std::abs(static_cast<double>(plan.params()) - params) <= 5.1e-6 * params);
    ++compared;
  }
  CHECK(compared == 662 + 662 + 725);
}

TEST_CASE("parameters of Accel-NASBench's networks as published", "[space][chain]") {
  WRCOR_REQUIRE_SHARED(table, "data/accelnb/accelnb.csv");
  const auto space = example("efficientnet.yaml", {{3, 224, 224}, 1000});
  CHECK(space->size() == 36ULL * 36 * 36 * 36 * 36 * 48 * 36);
  const test::Csv csv(table);
  REQUIRE(csv.size() == 5138);
  for (std::size_t row = 0; row < csv.size(); ++row) {
    const std::string published = csv.text(row, csv.column("arch"));
    INFO(published);
    const Genotype genotype = space->parse(std::regex_replace(published, std::regex(" "), ","));
    const double params = std::stod(csv.text(row, csv.column("params_M"))) * 1e6;
    REQUIRE(space->costs(genotype).params == std::llround(params));
    if (row % 50 == 0) REQUIRE(space->plan(genotype).params() == std::llround(params));
  }
}

}  // namespace wrcor

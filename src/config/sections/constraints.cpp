#include "config/cost_limits.h"
#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "wrcor/core/error.h"

namespace wrcor {

using namespace setting_makers;

namespace {

/// The error in the text of limits, or nothing.
std::string cost_limit_problem(const std::string& limits) {
  try {
    (void)parse_cost_limits(limits);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

}  // namespace

std::vector<Setting> constraint_settings() {
  constexpr std::uint64_t most_params = 1'000'000'000'000;
  Setting max_cost = text(MEMBER(constraints.max_cost), "--max-cost", "NAME=VALUE",
                          "largest value of a cost by name: one of the space, such as params, or a "
                          "column of --cost-table; may be given several times");
  max_cost.repeatable = true;
  max_cost.check = cost_limit_problem;
  return {
      integer(MEMBER(constraints.min_params), "--min-params", 0, most_params,
              "smallest number of parameters"),
      integer(MEMBER(constraints.max_params), "--max-params", 1, most_params,
              "largest number of parameters"),
      integer(MEMBER(constraints.max_flops), "--max-flops", 1, 1'000'000'000'000'000,
              "largest number of multiply-accumulates for one image"),
      max_cost,
      path(MEMBER(constraints.cost_table), "--cost-table", "FILE.csv",
           "table of measured costs for --max-cost and --minimize: a column arch or index, and a "
           "column of numbers for each cost"),
  };
}

}  // namespace wrcor

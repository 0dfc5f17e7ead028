#include "report/plan_report.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "wrcor/core/registry.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

/// All architectures have the same plan.
std::vector<PassCost> mean_costs(const std::vector<std::vector<PassCost>>& costs) {
  std::vector<PassCost> mean = costs.front();
  for (std::size_t a = 1; a < costs.size(); ++a) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i].seconds += costs[a][i].seconds;
  }
  for (PassCost& cost : mean) cost.seconds /= static_cast<double>(costs.size());
  return mean;
}

double total_seconds(const std::vector<PassCost>& costs) {
  double total = 0;
  for (const PassCost& cost : costs) total += cost.seconds;
  return total;
}

}  // namespace

std::string plan_table(const std::vector<std::vector<PassCost>>& costs) {
  const std::vector<PassCost> mean = mean_costs(costs);
  std::vector<std::vector<std::string>> shared, own;
  for (const PassCost& cost : mean) {
    const std::string seconds = fmt::format("{:.4f}", cost.seconds);
    if (cost.shared) {
      shared.push_back({seconds, cost.what, join(cost.serves)});
    } else {
      own.push_back({seconds, cost.serves.front(), cost.what});
    }
  }
  return format_table({"seconds", "shared pass", "serves"}, shared) + "\n" +
         format_table({"seconds", "proxy", "own passes"}, own) +
         fmt::format("\n{:.4f} s per network, mean of {}\n", total_seconds(mean), costs.size());
}

std::string plan_json(const std::vector<std::vector<PassCost>>& costs) {
  const std::vector<PassCost> mean = mean_costs(costs);
  nlohmann::ordered_json document{{"schema_version", schema_version::plan},
                                  {"architectures", costs.size()},
                                  {"seconds", total_seconds(mean)},
                                  {"passes", nlohmann::ordered_json::array()},
                                  {"proxies", nlohmann::ordered_json::array()}};
  for (const PassCost& cost : mean) {
    if (cost.shared) {
      document["passes"].push_back(
          {{"pass", cost.what}, {"serves", cost.serves}, {"seconds", cost.seconds}});
      continue;
    }
    nlohmann::ordered_json entry{{"proxy", cost.serves.front()}, {"seconds", cost.seconds}};
    if (!cost.what.empty()) entry["passes"] = cost.what;
    document["proxies"].push_back(std::move(entry));
  }
  return document.dump(2) + "\n";
}

nlohmann::ordered_json plan_schema() {
  using namespace json_schema_parts;
  const Schema names = one_of_texts(proxies().names());
  const Schema pass = object({{"pass", text()}, {"serves", array(names)}, {"seconds", number()}});
  const Schema proxy =
      object({{"proxy", names}, {"seconds", number()}, {"passes", text(), /*required=*/false}});
  return document("plan", schema_version::plan, "What wrcor score --plan --format jsonl prints",
                  object({{"schema_version", constant(schema_version::plan)},
                          {"architectures", whole_number()},
                          {"seconds", number()},
                          {"passes", array(pass)},
                          {"proxies", array(proxy)}}));
}

}  // namespace wrcor

#include "wrcor/eval/comparison.h"

#include <algorithm>

#include "wrcor/core/random.h"
#include "wrcor/proxy/builtin.h"

namespace wrcor {
namespace {

bool lower_is_better(const std::string& proxy) {
  const auto& entries = proxies().entries();
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return entry.name == proxy && entry.make.better == Direction::lower;
  });
}

}  // namespace

Scorer proxy_scorer(const ScoreTable& scores, const std::string& name,
                    const std::vector<std::string>& archs) {
  Scorer scorer{name, "proxy", {}, {}};
  const double sign = lower_is_better(name) ? -1 : 1;
  for (std::size_t k = 0; k < archs.size(); ++k) {
    const ScoreTable::Entry* entry = scores.find(archs[k], name);
    if (entry == nullptr) continue;
    scorer.scored.push_back(k);
    scorer.values.push_back(entry->value ? std::optional(sign * *entry->value) : std::nullopt);
  }
  return scorer;
}

Scorer column_scorer(const BenchmarkTable& table, const std::string& column,
                     const std::vector<std::string>& archs) {
  Scorer scorer{column, "column", {}, {}};
  const Metric metric = table_metric(table, column, archs);
  for (std::size_t k = 0; k < archs.size(); ++k) {
    if (!metric.values[k]) continue;
    scorer.scored.push_back(k);
    scorer.values.push_back(metric.values[k]);
  }
  return scorer;
}

Metric table_metric(const BenchmarkTable& table, const std::string& column,
                    const std::vector<std::string>& archs) {
  Metric metric{column, {}};
  for (const std::string& arch : archs) {
    const auto row = table.find(arch);
    metric.values.push_back(row ? table.value(*row, column) : std::nullopt);
  }
  return metric;
}

std::vector<Comparison> compare(const std::vector<Scorer>& scorers,
                                const std::vector<Metric>& metrics,
                                const ComparisonOptions& options) {
  std::vector<Comparison> comparisons;
  std::vector<Agreement> agreements;
  for (const Metric& metric : metrics) {
    for (const Scorer& scorer : scorers) {
      std::vector<std::optional<double>> scores;
      std::vector<double> figures;
      for (std::size_t k = 0; k < scorer.scored.size(); ++k) {
        const auto& figure = metric.values[scorer.scored[k]];
        if (!figure) continue;
        scores.push_back(scorer.values[k]);
        figures.push_back(*figure);
      }
      agreements.emplace_back(scores, figures, options.k);
      const auto undefined = std::count(scores.begin(), scores.end(), std::nullopt);
      comparisons.push_back({scorer.name,
                             scorer.kind,
                             metric.name,
                             scores.size(),
                             static_cast<std::size_t>(undefined),
                             agreements.back().measures(),
                             {}});
    }
  }
  const std::vector<Intervals> intervals = bootstrap(
      agreements, options.resamples, derive_seed(options.seed, {"evaluate"}), options.workers);
  for (std::size_t k = 0; k < comparisons.size(); ++k) comparisons[k].intervals = intervals[k];
  return comparisons;
}

}  // namespace wrcor

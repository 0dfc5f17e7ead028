#include "score/comparison.h"

#include <algorithm>
#include <utility>

#include "wrcor/core/random.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

Direction registered_direction(const std::string& proxy) {
  for (const auto& entry : proxies().entries()) {
    if (entry.name == proxy) return entry.value.better;
  }
  return Direction::higher;
}

Scorer empty_scorer(const std::string& name, const std::string& kind, RankingRule rule) {
  return {name, kind, {}, {}, std::move(rule), {}};
}

RankingRule by_score(const std::string& name, Direction better) {
  return {VoteMethod::score, {{name, better}}};
}

}  // namespace

Scorer proxy_scorer(const ScoreTable& scores, const std::string& name,
                    const std::vector<std::string>& archs) {
  Scorer scorer = vote_scorer(scores, name, by_score(name, registered_direction(name)), archs);
  scorer.kind = "proxy";
  return scorer;
}

Scorer vote_scorer(const ScoreTable& scores, const std::string& name, const RankingRule& rule,
                   const std::vector<std::string>& archs) {
  Scorer scorer = empty_scorer(name, "vote", rule);
  for (std::size_t k = 0; k < archs.size(); ++k) {
    MemberScores row;
    for (const RankingMember& member : rule.members) {
      if (scores.find(archs[k], member.proxy) != nullptr)
        row.push_back(scores.order(archs[k], member.proxy));
    }
    if (row.size() < rule.members.size()) continue;
    scorer.scored.push_back(k);
    scorer.members.push_back(std::move(row));
  }
  scorer.values = vote_values(rule, scorer.members);
  return scorer;
}

Scorer column_scorer(const BenchmarkTable& table, const FigureColumn& column,
                     const std::vector<std::string>& archs) {
  Scorer scorer = empty_scorer(column.text(), "column", by_score(column.name, column.better));
  const Metric metric = table_metric(table, column, archs);
  for (std::size_t k = 0; k < archs.size(); ++k) {
    if (!metric.values[k]) continue;
    scorer.scored.push_back(k);
    scorer.values.push_back(metric.values[k]);
    scorer.members.push_back({column.oriented(*metric.values[k])});
  }
  return scorer;
}

Metric table_metric(const BenchmarkTable& table, const FigureColumn& column,
                    const std::vector<std::string>& archs) {
  Metric metric{column.text(), {}};
  for (const std::string& arch : archs) {
    const auto row = table.find(arch);
    const auto figure = row ? table.value(*row, column.name) : std::nullopt;
    metric.values.push_back(figure ? std::optional(column.oriented(*figure)) : std::nullopt);
  }
  return metric;
}

std::vector<Comparison> compare(const std::vector<Scorer>& scorers,
                                const std::vector<Metric>& metrics,
                                const ComparisonOptions& options,
                                const std::vector<double>& sizes) {
  std::vector<Comparison> comparisons;
  std::vector<Agreement> agreements;
  for (const Metric& metric : metrics) {
    for (const Scorer& scorer : scorers) {
      std::vector<std::optional<double>> scores;
      std::vector<double> figures, figure_sizes;
      for (std::size_t k = 0; k < scorer.scored.size(); ++k) {
        const auto& figure = metric.values[scorer.scored[k]];
        if (!figure) continue;
        scores.push_back(scorer.values[k]);
        figures.push_back(*figure);
        if (!sizes.empty()) figure_sizes.push_back(sizes[scorer.scored[k]]);
      }
      agreements.emplace_back(scores, figures, options.k, std::move(figure_sizes));
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

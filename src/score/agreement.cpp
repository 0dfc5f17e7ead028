#include "wrcor/score/agreement.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wrcor/core/random.h"
#include "wrcor/core/worker_pool.h"

namespace wrcor {
namespace {

/// An undefined score ranks below every number.
std::vector<double> with_worst(const std::vector<std::optional<double>>& scores) {
  std::vector<double> values;
  values.reserve(scores.size());
  for (const auto& score : scores)
    values.push_back(score.value_or(-std::numeric_limits<double>::infinity()));
  return values;
}

std::vector<std::uint32_t> best_first(const std::vector<double>& values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return values[a] > values[b]; });
  return order;
}

/// Calls visit(item, times) for the first `k` of a resample in an order; an item that the resample
/// holds several times counts as often.
template <typename Visit>
void visit_top(const std::vector<std::uint32_t>& order, Counts counts, std::size_t k,
               const Visit& visit) {
  for (std::size_t i = 0; k > 0 && i < order.size(); ++i) {
    const auto times = std::min<std::size_t>(counts[order[i]], k);
    if (times == 0) continue;
    visit(order[i], times);
    k -= times;
  }
}

double overlap(const std::vector<std::uint32_t>& by_score,
               const std::vector<std::uint32_t>& by_metric, Counts counts, std::size_t k) {
  std::vector<std::size_t> chosen(by_score.size());
  visit_top(by_score, counts, k, [&](auto item, std::size_t times) { chosen[item] = times; });
  std::size_t shared = 0;
  visit_top(by_metric, counts, k,
            [&](auto item, std::size_t times) { shared += std::min(chosen[item], times); });
  return static_cast<double>(shared) / static_cast<double>(k);
}

double best_of_top(const std::vector<std::uint32_t>& order, const std::vector<double>& metric,
                   Counts counts, std::size_t k) {
  double best = -std::numeric_limits<double>::infinity();
  visit_top(order, counts, k, [&](auto item, auto) { best = std::max(best, metric[item]); });
  return best;
}

/// Counts of `size` draws with replacement.
std::vector<std::uint32_t> draw(std::size_t size, std::uint64_t seed, int resample) {
  Rng rng(derive_seed(seed, {"bootstrap", std::to_string(resample)}));
  std::vector<std::uint32_t> counts(size);
  for (std::size_t k = 0; k < size; ++k) ++counts[rng.below(size)];
  return counts;
}

/// The p-th quantile, linear between the values. @param sorted  at least one
double quantile(const std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double share = position - static_cast<double>(below);
  return sorted[below] * (1 - share) + sorted[above] * share;
}

std::optional<Interval> percentiles(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{quantile(values, 0.025), quantile(values, 0.975)};
}

Intervals intervals_of(const std::vector<std::vector<Measures>>& resampled, std::size_t agreement) {
  Intervals intervals;
  for (std::size_t m = 0; m < measure_count; ++m) {
    const auto measure = static_cast<Measure>(m);
    std::vector<double> values;
    for (const auto& resample : resampled) {
      if (const auto& value = resample[agreement][measure]) values.push_back(*value);
    }
    intervals[measure] = percentiles(std::move(values));
  }
  return intervals;
}

}  // namespace

std::string_view to_string(Measure measure) {
  switch (measure) {
    case Measure::spearman:
      return "spearman";
    case Measure::kendall:
      return "kendall";
    case Measure::pearson:
      return "pearson";
    case Measure::top_k:
      return "top_k";
    case Measure::regret_top_1:
      return "regret_top_1";
    case Measure::regret_top_5:
      return "regret_top_5";
    case Measure::top_5_percent:
      return "top_5_percent";
  }
  throw std::invalid_argument("no measure");
}

Agreement::Agreement(const std::vector<std::optional<double>>& scores,
                     const std::vector<double>& metric, std::size_t k)
    : metric_(metric),
      k_(k),
      ranks_(with_worst(scores), metric),
      values_(with_worst(scores), metric),
      by_score_(best_first(with_worst(scores))),
      by_metric_(best_first(metric)) {}

Measures Agreement::measures() const {
  return measures(std::vector<std::uint32_t>(metric_.size(), 1));
}

Measures Agreement::measures(Counts counts) const {
  Measures result;
  const auto total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  if (total == 0) return result;
  const RankCorrelations correlations = ranks_.correlations(counts);
  result[Measure::spearman] = correlations.spearman;
  result[Measure::kendall] = correlations.kendall;
  result[Measure::pearson] = values_.pearson(counts);
  const std::size_t twentieth = (total + 19) / 20;
  result[Measure::top_k] = overlap(by_score_, by_metric_, counts, std::min(k_, total));
  result[Measure::top_5_percent] = overlap(by_score_, by_metric_, counts, twentieth);
  const double best = best_of_top(by_metric_, metric_, counts, 1);
  result[Measure::regret_top_1] = best - best_of_top(by_score_, metric_, counts, 1);
  result[Measure::regret_top_5] = best - best_of_top(by_score_, metric_, counts, 5);
  return result;
}

std::vector<Intervals> bootstrap(const std::vector<Agreement>& agreements, int resamples,
                                 std::uint64_t seed, int workers) {
  std::vector<std::future<std::vector<Measures>>> pending;
  WorkerPool pool(std::max(1, std::min(workers, resamples)), [] {});
  for (int resample = 0; resample < resamples; ++resample) {
    pending.push_back(pool.submit([&agreements, seed, resample] {
      std::map<std::size_t, std::vector<std::uint32_t>> counts;
      std::vector<Measures> measures;
      for (const Agreement& agreement : agreements) {
        auto& drawn = counts[agreement.size()];
        if (drawn.empty()) drawn = draw(agreement.size(), seed, resample);
        measures.push_back(agreement.measures(drawn));
      }
      return measures;
    }));
  }
  std::vector<std::vector<Measures>> resampled;
  for (auto& future : pending) resampled.push_back(future.get());
  std::vector<Intervals> result;
  for (std::size_t a = 0; a < agreements.size(); ++a) result.push_back(intervals_of(resampled, a));
  return result;
}

}  // namespace wrcor

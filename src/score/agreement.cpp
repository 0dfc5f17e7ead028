#include "score/agreement.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>

#include "core/worker_pool.h"
#include "wrcor/core/random.h"

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

/// @param among_equals  what orders the members of a group, highest first
TiedOrder best_first(const std::vector<double>& values, const std::vector<double>& among_equals) {
  TiedOrder order;
  order.items.resize(values.size());
  std::iota(order.items.begin(), order.items.end(), 0U);
  std::sort(order.items.begin(), order.items.end(), [&](auto a, auto b) {
    return values[a] != values[b] ? values[a] > values[b] : among_equals[a] > among_equals[b];
  });
  order.groups.resize(values.size());
  std::uint32_t group = 0;
  for (std::size_t i = 1; i < order.items.size(); ++i) {
    if (values[order.items[i]] != values[order.items[i - 1]]) ++group;
    order.groups[order.items[i]] = group;
  }
  return order;
}

/// The first k of a resample in an order: all of some groups, and a part of the next, drawn from it
/// at random.
struct Top {
  std::uint32_t group = 0;   ///< the one drawn from
  std::size_t size = 0;      ///< its architectures, copies included
  std::size_t drawn = 0;     ///< the number of them that are among the first k: at least one
  std::uint32_t copies = 0;  ///< the most copies of one architecture in it
};

/// @param k  from 1 to the size of the resample
Top top_of(const TiedOrder& order, Counts counts, std::size_t k) {
  Top top;
  std::size_t before = 0;
  for (const std::uint32_t item : order.items) {
    if (order.groups[item] != top.group) {
      if (before + top.size >= k) break;
      before += top.size;
      top = {.group = order.groups[item]};
    }
    top.size += counts[item];
    top.copies = std::max(top.copies, counts[item]);
  }
  top.drawn = k - before;
  return top;
}

/// For the copies of one architecture in the group that a top draws from: the probabilities that at
/// least 1, 2, ... of them are drawn.
std::vector<double> draws_of(const Top& top, std::uint32_t copies) {
  std::vector<double> exactly{1};  // distribution of the number drawn of the copies so far
  for (std::uint32_t seen = 0; seen < copies; ++seen) {
    exactly.push_back(0);
    for (std::size_t drawn = seen + 1; drawn-- > 0;) {
      const double left = static_cast<double>(top.drawn) - static_cast<double>(drawn);
      const double probability = std::max(left, 0.0) / static_cast<double>(top.size - seen);
      exactly[drawn + 1] += exactly[drawn] * probability;
      exactly[drawn] *= 1 - probability;
    }
  }
  std::vector<double> at_least(copies);
  double sum = 0;
  for (std::size_t drawn = copies; drawn > 0; --drawn) at_least[drawn - 1] = sum += exactly[drawn];
  return at_least;
}

/// The copies of an architecture among the first k of a resample.
class TopMembers {
 public:
  TopMembers(const TiedOrder& order, Counts counts, std::size_t k)
      : order_(order), counts_(counts), top_(top_of(order, counts, k)), draws_(top_.copies + 1) {}

  std::uint32_t last_group() const { return top_.group; }

  /// Expected number of copies of an item that are among the first k in both.
  double shared(std::uint32_t item, TopMembers& other) {
    double expected = 0;
    for (std::uint32_t t = 0; t < counts_[item]; ++t)
      expected += at_least(item, t) * other.at_least(item, t);
    return expected;
  }

 private:
  /// The probability that more than `number` copies are among the first k.
  double at_least(std::uint32_t item, std::uint32_t number) {
    const std::uint32_t group = order_.groups[item], copies = counts_[item];
    if (group != top_.group) return group < top_.group ? 1 : 0;
    if (draws_[copies].empty()) draws_[copies] = draws_of(top_, copies);
    return draws_[copies][number];
  }

  const TiedOrder& order_;
  Counts counts_;
  Top top_;
  std::vector<std::vector<double>> draws_;  ///< by number of copies, computed on demand
};

/// Expected share of the k highest scored that are among the k best.
double overlap(const TiedOrder& by_score, const TiedOrder& by_metric, Counts counts,
               std::size_t k) {
  TopMembers highest(by_score, counts, k), best(by_metric, counts, k);
  double shared = 0;
  for (const std::uint32_t item : by_metric.items) {
    if (by_metric.groups[item] > best.last_group()) break;
    shared += best.shared(item, highest);
  }
  return shared / static_cast<double>(k);
}

/// Expected shortfall from `best` of the best of the first k.
/// @param order  among equal ones, the one with the higher metric comes first
double expected_regret(const TiedOrder& order, const std::vector<double>& metric, Counts counts,
                       std::size_t k, double best) {
  const Top top = top_of(order, counts, k);
  double least = std::numeric_limits<double>::infinity();  // of those surely among the first k
  double expected = 0;
  double none = 1;  // the probability that nothing so far in the loop is drawn
  std::size_t left = top.size;
  for (const std::uint32_t item : order.items) {
    if (order.groups[item] > top.group) break;
    if (counts[item] == 0) continue;
    const double regret = best - metric[item];
    if (order.groups[item] < top.group) {
      least = std::min(least, regret);
      continue;
    }
    if (regret >= least || none == 0) break;
    const double before = none;
    for (std::uint32_t copy = 0; copy < counts[item]; ++copy, --left) {
      none *=
          left > top.drawn ? static_cast<double>(left - top.drawn) / static_cast<double>(left) : 0;
    }
    expected += (before - none) * regret;
  }
  return none == 0 ? expected : expected + none * least;
}

/// The gains of architectures for Measure::ndcg, as fractions of the largest, which does not change
/// the measure; nothing where the metric is not an accuracy, in percent or as a fraction.
std::vector<double> gains_of(const std::vector<double>& metric) {
  if (metric.empty()) return {};
  const auto [lowest, highest] = std::ranges::minmax(metric);
  if (lowest < 0 || highest > 100) return {};
  const double unit = highest > 1 ? 1 : 100;
  std::vector<double> gains;
  for (const double value : metric)
    gains.push_back(std::exp2(unit * (value - highest)) - std::exp2(-unit * highest));
  return gains;
}

/// The gain of the first ndcg_depth places of an order, with equal ones in random order.
double discounted_gain(const TiedOrder& order, const std::vector<double>& gains, Counts counts) {
  double sum = 0;
  std::size_t place = 0;  // of the last one before the group
  for (std::size_t start = 0, end; start < order.items.size() && place < ndcg_depth; start = end) {
    const std::uint32_t group = order.groups[order.items[start]];
    double gain = 0;
    std::size_t size = 0;
    for (end = start; end < order.items.size() && order.groups[order.items[end]] == group; ++end) {
      gain += counts[order.items[end]] * gains[order.items[end]];
      size += counts[order.items[end]];
    }
    const std::size_t last = std::min(place + size, ndcg_depth);
    for (std::size_t j = place + 1; j <= last; ++j)
      sum += gain / static_cast<double>(size) / std::log2(1 + static_cast<double>(j));
    place += size;
  }
  return sum;
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

/// Of pairs of architectures.
struct PairCounts {
  std::int64_t difference = 0;  ///< concordant minus discordant ones
  std::int64_t by_scores = 0;   ///< whose scores differ
  std::int64_t by_metrics = 0;  ///< whose metrics differ

  PairCounts& operator+=(const PairCounts& other) {
    difference += other.difference;
    by_scores += other.by_scores;
    by_metrics += other.by_metrics;
    return *this;
  }
  PairCounts operator-(const PairCounts& other) const {
    return {difference - other.difference, by_scores - other.by_scores,
            by_metrics - other.by_metrics};
  }
  /// Kendall's tau-b.
  std::optional<double> tau() const {
    if (by_scores == 0 || by_metrics == 0) return std::nullopt;
    return static_cast<double>(difference) /
           std::sqrt(static_cast<double>(by_scores) * static_cast<double>(by_metrics));
  }
};

std::optional<Agreement::OfSimilarSize> agreement_of_similar_size(
    const std::vector<double>& scores, const std::vector<double>& metric,
    const std::vector<double>& sizes) {
  if (sizes.size() != metric.size() || metric.size() > most_with_pairs) return std::nullopt;
  std::vector<std::size_t> by_size(sizes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::ranges::sort(by_size, {}, [&sizes](std::size_t item) { return sizes[item]; });
  const auto order = [](double a, double b) { return (a > b) - (a < b); };
  PairCounts all;
  std::vector<PairCounts> of_item(by_size.size());
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    const std::size_t smaller = by_size[i];
    const double limit = sizes[smaller] * largest_size_ratio;
    for (std::size_t j = i + 1; j < by_size.size() && sizes[by_size[j]] <= limit; ++j) {
      const int by_score = order(scores[smaller], scores[by_size[j]]);
      const int by_metric = order(metric[smaller], metric[by_size[j]]);
      const PairCounts pair{by_score * by_metric, by_score != 0, by_metric != 0};
      all += pair;
      of_item[i] += pair;
      of_item[j] += pair;
    }
  }
  const std::optional<double> tau = all.tau();
  if (!tau) return std::nullopt;
  double sum = 0, squares = 0;  // of tau without each architecture, less tau
  for (const PairCounts& its : of_item) {
    const std::optional<double> without = (all - its).tau();
    if (!without) return Agreement::OfSimilarSize{*tau, std::nullopt};
    sum += *without - *tau;
    squares += (*without - *tau) * (*without - *tau);
  }
  const auto count = static_cast<double>(of_item.size());
  const double spread = std::max(0.0, squares - sum * sum / count);  // rounding may leave less
  return Agreement::OfSimilarSize{*tau, std::sqrt(spread * (count - 1) / count)};
}

std::optional<Interval> similar_size_interval(const Agreement& agreement) {
  const auto& similar = agreement.of_similar_size();
  if (!similar || !similar->error) return std::nullopt;
  const double half = 1.96 * *similar->error;
  return Interval{std::max(-1.0, similar->tau - half), std::min(1.0, similar->tau + half)};
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
    case Measure::spearman_top_5_percent:
      return "spearman_top_5_percent";
    case Measure::kendall_top_5_percent:
      return "kendall_top_5_percent";
    case Measure::spearman_top_10_percent:
      return "spearman_top_10_percent";
    case Measure::kendall_top_10_percent:
      return "kendall_top_10_percent";
    case Measure::ndcg:
      return "ndcg";
    case Measure::kendall_same_size:
      return "kendall_same_size";
  }
  throw std::invalid_argument("no measure");
}

Agreement::Agreement(const std::vector<std::optional<double>>& scores,
                     const std::vector<double>& metric, std::size_t k,
                     const std::vector<double>& sizes)
    : scores_(with_worst(scores)),
      metric_(metric),
      k_(k),
      similar_(agreement_of_similar_size(scores_, metric_, sizes)),
      ranks_(scores_, metric),
      values_(scores_, metric),
      by_score_(best_first(scores_, metric)),
      by_metric_(best_first(metric, metric)),
      gains_(gains_of(metric)) {}

Measures Agreement::measures() const {
  Measures result = measures(std::vector<std::uint32_t>(metric_.size(), 1));
  if (similar_) result[Measure::kendall_same_size] = similar_->tau;
  return result;
}

/// Whether any architecture has a score and the metric varies, which takes two architectures.
bool Agreement::informative(Counts counts) const {
  const auto occurs = [&](std::uint32_t item) { return counts[item] > 0; };
  const auto best = std::find_if(by_metric_.items.begin(), by_metric_.items.end(), occurs);
  const auto worst = std::find_if(by_metric_.items.rbegin(), by_metric_.items.rend(), occurs);
  const auto highest = std::find_if(by_score_.items.begin(), by_score_.items.end(), occurs);
  return best != by_metric_.items.end() && metric_[*best] != metric_[*worst] &&
         std::isfinite(scores_[*highest]);
}

Measures Agreement::measures(Counts counts) const {
  Measures result;
  if (!informative(counts)) return result;
  const auto total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const RankCorrelations correlations = ranks_.correlations(counts);
  result[Measure::spearman] = correlations.spearman;
  result[Measure::kendall] = correlations.kendall;
  result[Measure::pearson] = values_.pearson(counts);
  const std::size_t twentieth = (total + 19) / 20, tenth = (total + 9) / 10;
  if (k_ <= total) result[Measure::top_k] = overlap(by_score_, by_metric_, counts, k_);
  result[Measure::top_5_percent] = overlap(by_score_, by_metric_, counts, twentieth);
  const auto first = std::find_if(by_metric_.items.begin(), by_metric_.items.end(),
                                  [&](std::uint32_t item) { return counts[item] > 0; });
  const auto regret = [&](std::size_t k) {
    return expected_regret(by_score_, metric_, counts, std::min(k, total), metric_[*first]);
  };
  result[Measure::regret_top_1] = regret(1);
  result[Measure::regret_top_5] = regret(5);
  const RankCorrelations top_5 = among_best(counts, twentieth), top_10 = among_best(counts, tenth);
  result[Measure::spearman_top_5_percent] = top_5.spearman;
  result[Measure::kendall_top_5_percent] = top_5.kendall;
  result[Measure::spearman_top_10_percent] = top_10.spearman;
  result[Measure::kendall_top_10_percent] = top_10.kendall;
  result[Measure::ndcg] = normalised_gain(counts);
  return result;
}

/// Of those whose metric is at least that of the k-th best.
RankCorrelations Agreement::among_best(Counts counts, std::size_t k) const {
  std::vector<std::uint32_t> best(counts.size());
  std::size_t seen = 0;
  std::uint32_t last_group = 0;
  for (const std::uint32_t item : by_metric_.items) {
    const std::uint32_t group = by_metric_.groups[item];
    if (seen >= k && group != last_group) break;
    best[item] = counts[item];
    seen += counts[item];
    if (counts[item] > 0) last_group = group;
  }
  return ranks_.correlations(best);
}

/// Expected, with equal scores in random order.
std::optional<double> Agreement::normalised_gain(Counts counts) const {
  if (gains_.empty()) return std::nullopt;
  const double largest = discounted_gain(by_metric_, gains_, counts);
  if (largest == 0) return std::nullopt;
  return discounted_gain(by_score_, gains_, counts) / largest;
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
  for (std::size_t a = 0; a < agreements.size(); ++a) {
    result.push_back(intervals_of(resampled, a));
    if (resamples > 0)
      result.back()[Measure::kendall_same_size] = similar_size_interval(agreements[a]);
  }
  return result;
}

}  // namespace wrcor

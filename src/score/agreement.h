#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "score/statistics.h"

namespace wrcor {

/// How well a score orders architectures, measured by a metric of the trained networks (an
/// accuracy: higher is better).
enum class Measure {
  spearman,       ///< Spearman's rho
  kendall,        ///< Kendall's tau-b
  pearson,        ///< Pearson's r, of the architectures whose score is defined
  top_k,          ///< share of the k highest scored that are among the k best; needs k or more
  regret_top_1,   ///< best metric of all minus that of the highest scored
  regret_top_5,   ///< best metric of all minus the best among the 5 highest scored
  top_5_percent,  ///< like top_k, for the top 5 % of the architectures, rounded up
  // Correlations of the architectures whose metric is at least that of the last of the best 5 or
  // 10 %, rounded up. Near the top, where a search ends, most scores order little.
  spearman_top_5_percent,
  kendall_top_5_percent,
  spearman_top_10_percent,
  kendall_top_10_percent,
  ndcg,              ///< of percentages, see ndcg_depth; a metric up to 1 counts in hundredths
  kendall_same_size  ///< Kendall's tau-b of the pairs of similar size, see largest_size_ratio
};
inline constexpr std::size_t measure_count = 13;

/// The discounted gain of the first architectures by score, sum over their places j from 1 of
/// (2^accuracy - 1) / log2(1 + j), as a share of the largest possible; accuracies in percent.
/// Source: VKDNW (arXiv 2502.04975), which leaves the number of places and the unit open.
inline constexpr std::size_t ndcg_depth = 1000;

/// Two architectures are of similar size if the larger has at most this many times the parameters.
inline constexpr double largest_size_ratio = 1.1;
/// Pairs are counted one by one: for more architectures than this the measure is undefined.
inline constexpr std::size_t most_with_pairs = 50'000;

/// Name of a measure in files: "spearman", "regret_top_1".
std::string_view to_string(Measure measure);

/// A value for each measure; nothing where it is undefined.
class Measures {
 public:
  std::optional<double>& operator[](Measure m) { return values_[static_cast<std::size_t>(m)]; }
  const std::optional<double>& operator[](Measure m) const {
    return values_[static_cast<std::size_t>(m)];
  }

 private:
  std::array<std::optional<double>, measure_count> values_;
};

/// The architectures of a list in groups of equal values, the best group first.
struct TiedOrder {
  std::vector<std::uint32_t> items;   ///< architectures, by group
  std::vector<std::uint32_t> groups;  ///< of each architecture, from 0, the best
};

/// The scores and the metric of the same architectures, sorted once for the measures of many
/// resamples. Constant after construction, safe to use from several threads.
///
/// Ties are broken at random, in the score and in the metric independently of each other, and a
/// measure is its expected value. Copies of an architecture in a resample count as that
/// architecture, not as a tie. A measure is undefined for fewer than two architectures, for a
/// constant metric, and without any score; correlations are undefined for a constant score.
class Agreement {
 public:
  /// Measure::kendall_same_size, and its standard error over architectures by the jackknife, which
  /// takes one pass over the pairs where a bootstrap takes one a resample.
  struct OfSimilarSize {
    double tau = 0;
    std::optional<double> error = {};  ///< nothing if tau depends on one architecture
  };

  /// @param scores  higher is better; undefined ones count as worst and tie
  /// @param metric  finite, higher is better
  /// @param k       of Measure::top_k, which is undefined for fewer architectures
  /// @param sizes   parameters, for Measure::kendall_same_size, which is undefined without them
  Agreement(const std::vector<std::optional<double>>& scores, const std::vector<double>& metric,
            std::size_t k, const std::vector<double>& sizes = {});

  std::size_t size() const { return metric_.size(); }
  Measures measures() const;
  /// Of the list in which architecture i occurs counts[i] times, without kendall_same_size.
  Measures measures(Counts counts) const;
  const std::optional<OfSimilarSize>& of_similar_size() const { return similar_; }

 private:
  bool informative(Counts counts) const;
  RankCorrelations among_best(Counts counts, std::size_t k) const;
  std::optional<double> normalised_gain(Counts counts) const;

  std::vector<double> scores_;  ///< undefined: -infinity
  std::vector<double> metric_;
  std::size_t k_;
  std::optional<OfSimilarSize> similar_;
  PairedRanks ranks_;
  PairedValues values_;
  TiedOrder by_score_;  ///< equal ones by the metric, best first
  TiedOrder by_metric_;
  std::vector<double>
      gains_;  ///< of the architectures for ndcg; empty: the metric is no percentage
};

/// Ends of a confidence interval.
struct Interval {
  double low = 0;
  double high = 0;
};

class Intervals {
 public:
  std::optional<Interval>& operator[](Measure m) { return values_[static_cast<std::size_t>(m)]; }
  const std::optional<Interval>& operator[](Measure m) const {
    return values_[static_cast<std::size_t>(m)];
  }

 private:
  std::array<std::optional<Interval>, measure_count> values_;
};

/// 95 % bootstrap intervals (percentile method): each architecture of a resample is drawn from all,
/// with replacement. That of kendall_same_size is 1.96 standard errors on either side instead.
/// Agreements of one size share their draws. A resample in which a measure is undefined is ignored
/// for that measure.
/// @param resamples  0: no intervals
/// @param workers    threads; the result does not depend on it
std::vector<Intervals> bootstrap(const std::vector<Agreement>& agreements, int resamples,
                                 std::uint64_t seed, int workers);

}  // namespace wrcor

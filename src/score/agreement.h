#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "score/statistics.h"

namespace wrcor {

/// How well a score orders architectures, measured by a metric of the trained networks (an
/// accuracy: higher is better).
enum class Measure {
  spearman,      ///< Spearman's rho
  kendall,       ///< Kendall's tau-b
  pearson,       ///< Pearson's r, of the architectures whose score is defined
  top_k,         ///< share of the k highest scored that are among the k best; needs k or more
  regret_top_1,  ///< best metric of all minus that of the highest scored
  regret_top_5,  ///< best metric of all minus the best among the 5 highest scored
  top_5_percent  ///< like top_k, for the top 5 % of the architectures, rounded up
};
inline constexpr std::size_t measure_count = 7;
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
  /// @param scores  higher is better; undefined ones count as worst and tie
  /// @param metric  finite, higher is better
  /// @param k       of Measure::top_k, which is undefined for fewer architectures
  Agreement(const std::vector<std::optional<double>>& scores, const std::vector<double>& metric,
            std::size_t k);

  std::size_t size() const { return metric_.size(); }
  Measures measures() const;
  /// Of the list in which architecture i occurs counts[i] times.
  Measures measures(Counts counts) const;

 private:
  bool informative(Counts counts) const;

  std::vector<double> scores_;  ///< undefined: -infinity
  std::vector<double> metric_;
  std::size_t k_;
  PairedRanks ranks_;
  PairedValues values_;
  TiedOrder by_score_;  ///< equal ones by the metric, best first
  TiedOrder by_metric_;
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
/// with replacement. Agreements of one size share their draws. A resample in which a measure is
/// undefined is ignored for that measure.
/// @param resamples  0: no intervals
/// @param workers    threads; the result does not depend on it
std::vector<Intervals> bootstrap(const std::vector<Agreement>& agreements, int resamples,
                                 std::uint64_t seed, int workers);

}  // namespace wrcor

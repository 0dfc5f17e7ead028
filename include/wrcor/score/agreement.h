#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wrcor/score/statistics.h"

namespace wrcor {

/// How well a score orders architectures, measured by a metric of the trained networks (an
/// accuracy: higher is better).
enum class Measure {
  spearman,      ///< Spearman's rho
  kendall,       ///< Kendall's tau-b
  pearson,       ///< Pearson's r, of the architectures whose score is defined
  top_k,         ///< share of the k highest scored that are among the k best
  regret_top_1,  ///< best metric of all, less that of the highest scored
  regret_top_5,  ///< best metric of all, less the best among the 5 highest scored
  top_5_percent  ///< as top_k, of the top 5 % of the architectures, rounded up
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

/// The scores and the metric of the same architectures, sorted once for the measures of many
/// resamples. Constant after construction, safe to use from several threads.
class Agreement {
 public:
  /// @param scores  higher is better; an undefined one counts as worst, all of them alike
  /// @param metric  finite, higher is better
  /// @param k       of Measure::top_k; at most all architectures
  ///
  /// Where a measure has to order equal scores, or equal metrics, the architecture that comes first
  /// in the lists does: lists in the order of the architecture strings make it that of a ranking.
  Agreement(const std::vector<std::optional<double>>& scores, const std::vector<double>& metric,
            std::size_t k);

  std::size_t size() const { return metric_.size(); }
  Measures measures() const;
  /// Of the list in which architecture i occurs counts[i] times.
  Measures measures(Counts counts) const;

 private:
  std::vector<double> metric_;
  std::size_t k_;
  PairedRanks ranks_;
  PairedValues values_;
  std::vector<std::uint32_t> by_score_;   ///< best first
  std::vector<std::uint32_t> by_metric_;  ///< best first
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
/// undefined does not count for it.
/// @param resamples  0: no intervals
/// @param workers    threads; the result does not depend on it
std::vector<Intervals> bootstrap(const std::vector<Agreement>& agreements, int resamples,
                                 std::uint64_t seed, int workers);

}  // namespace wrcor

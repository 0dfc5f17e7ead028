#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wrcor {

/// 0 for no values.
double largest_magnitude(std::span<const double> values);

// Correlations of two lists of one length, in [-1, 1]; nothing when one of them is constant, for
// which they are undefined. Values may be infinite if only their order counts; none may be NaN.

/// Pearson's r; of the pairs whose values are both finite.
std::optional<double> pearson(std::span<const double> x, std::span<const double> y);
/// Spearman's rho: Pearson's r of the mean ranks.
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);
/// Kendall's tau-b, in O(n log n). Source: Knight, J. Am. Stat. Assoc. 61 (1966) 436.
std::optional<double> kendall(std::span<const double> x, std::span<const double> y);

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< standard deviation
};
/// Of a sample, with n - 1 below the deviation; a single value does not deviate.
/// @param values  at least one
Spread spread_of(std::span<const double> values);
/// Of the largest of `draws` values drawn without replacement: exact, from the order statistics.
/// @param draws  1 .. the number of values
Spread largest_of(std::span<const double> values, std::size_t draws);

/// How often each item occurs in a resample.
using Counts = std::span<const std::uint32_t>;

struct RankCorrelations {
  std::optional<double> spearman;
  std::optional<double> kendall;
};

/// Two rankings of the same items, sorted once for the correlations of many resamples.
class PairedRanks {
 public:
  /// @param x, y  one value per item, as for spearman()
  PairedRanks(std::span<const double> x, std::span<const double> y);

  /// The correlations of the list in which item i occurs counts[i] times.
  /// Safe to use from several threads.
  RankCorrelations correlations(Counts counts) const;

 private:
  std::vector<std::uint32_t> order_;    ///< items by x, then by y
  std::vector<std::uint32_t> x_ranks_;  ///< dense, from 0; in that order
  std::vector<std::uint32_t> y_ranks_;
  std::size_t x_groups_ = 0;  ///< number of different values
  std::size_t y_groups_ = 0;
};

/// The 97.5 % quantile of Student's t distribution: the bound of a two-sided test at 5 %. Exact to
/// 1e-4.
/// @param degrees  of freedom, at least 1
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5 and table 26.10.
double student_t_97_5(int degrees);

/// Two lists of values, prepared for Pearson's r of many resamples.
class PairedValues {
 public:
  PairedValues(std::span<const double> x, std::span<const double> y);
  /// As PairedRanks::correlations().
  std::optional<double> pearson(Counts counts) const;

 private:
  std::vector<std::uint32_t> items_;  ///< whose values are both finite
  std::vector<double> x_, y_;         ///< of those items, scaled to [-1, 1]
};

}  // namespace wrcor

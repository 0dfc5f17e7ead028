#include "score/statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

namespace wrcor {
namespace {

std::vector<std::uint32_t> dense_ranks(std::span<const double> values, std::size_t& groups) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<std::uint32_t> ranks(values.size());
  groups = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || values[order[k]] != values[order[k - 1]]) ++groups;
    ranks[order[k]] = static_cast<std::uint32_t>(groups - 1);
  }
  return ranks;
}

std::int64_t pairs(std::int64_t items) { return items * (items - 1) / 2; }

/// Mean ranks of groups of equal values, met from the lowest to the highest.
class RankedGroups {
 public:
  /// @param total  number of values in all groups
  explicit RankedGroups(std::int64_t total) : total_(total) {}

  /// Twice the group's mean rank, less twice the mean of all ranks: whole numbers whose sum over
  /// all values is zero, so that a rank correlation is exact up to its last steps.
  double add_group(std::int64_t count) {
    const auto centred = static_cast<double>(2 * below_ + count - total_);
    below_ += count;
    tied_pairs_ += pairs(count);
    square_sum_ += static_cast<double>(count) * centred * centred;
    return centred;
  }

  std::int64_t below() const { return below_; }  ///< values in the groups so far
  std::int64_t tied_pairs() const { return tied_pairs_; }
  double square_sum() const { return square_sum_; }  ///< of the centred ranks of all values

 private:
  std::int64_t total_;
  std::int64_t below_ = 0;
  std::int64_t tied_pairs_ = 0;
  double square_sum_ = 0;
};

/// Counts at positions, and their sums from the first position on. Adding costs O(sqrt(n)) steps
/// that the compiler vectorises, reading a sum costs two: at the sizes of benchmarks this is faster
/// than a Fenwick tree, whose O(log n) steps depend on each other.
class RunningSums {
 public:
  explicit RunningSums(std::size_t size)
      : shift_((static_cast<unsigned>(std::bit_width(size)) + 1) / 2),
        within_(size),
        before_((size >> shift_) + 1) {}

  void add(std::size_t position, std::uint32_t amount) {
    const std::size_t block = position >> shift_;
    const std::size_t end = std::min((block + 1) << shift_, within_.size());
    for (std::size_t k = position; k < end; ++k) within_[k] += amount;
    for (std::size_t b = block + 1; b < before_.size(); ++b) before_[b] += amount;
  }

  std::int64_t up_to(std::size_t position) const {
    return std::int64_t{within_[position]} + before_[position >> shift_];
  }

 private:
  unsigned shift_;
  std::vector<std::uint32_t> within_;  ///< sums from the start of the position's block
  std::vector<std::uint32_t> before_;  ///< sums of all blocks before
};

std::optional<double> within_bounds(double correlation) {
  if (!std::isfinite(correlation)) return std::nullopt;
  return std::clamp(correlation, -1.0, 1.0);
}

}  // namespace

double largest_magnitude(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  const std::vector<std::uint32_t> once(x.size(), 1);
  return PairedValues(x, y).pearson(once);
}

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) {
  const std::vector<std::uint32_t> once(x.size(), 1);
  return PairedRanks(x, y).correlations(once).spearman;
}

std::optional<double> kendall(std::span<const double> x, std::span<const double> y) {
  const std::vector<std::uint32_t> once(x.size(), 1);
  return PairedRanks(x, y).correlations(once).kendall;
}

Spread largest_of(std::span<const double> values, std::size_t draws) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  // The k-th smallest is the largest drawn with the probability
  // C(k - 1, draws - 1) / C(n, draws), here from the largest value down.
  const auto drawn = static_cast<double>(draws);
  double probability = drawn / static_cast<double>(sorted.size());
  double mean = 0, square = 0;
  for (std::size_t k = sorted.size(); k >= draws && k > 0; --k) {
    const double difference = sorted[k - 1] - sorted.back();
    mean += probability * difference;
    square += probability * difference * difference;
    const auto left = static_cast<double>(k - 1);
    probability *= k > 1 ? (left + 1 - drawn) / left : 0;
  }
  return {sorted.back() + mean, std::sqrt(std::max(0.0, square - mean * mean))};
}

PairedRanks::PairedRanks(std::span<const double> x, std::span<const double> y) : order_(x.size()) {
  const std::vector<std::uint32_t> x_ranks = dense_ranks(x, x_groups_);
  const std::vector<std::uint32_t> y_ranks = dense_ranks(y, y_groups_);
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](auto a, auto b) {
    return x_ranks[a] != x_ranks[b] ? x_ranks[a] < x_ranks[b] : y_ranks[a] < y_ranks[b];
  });
  for (const std::uint32_t item : order_) {
    x_ranks_.push_back(x_ranks[item]);
    y_ranks_.push_back(y_ranks[item]);
  }
}

RankCorrelations PairedRanks::correlations(Counts counts) const {
  struct Item {
    std::uint32_t x, y, count;
  };
  // The items that occur. Every item is written, and overwritten by the next if it does not occur:
  // a branch would be mispredicted a third of the time.
  std::vector<Item> items(order_.size() + 1);
  std::vector<std::uint32_t> y_counts(y_groups_);
  std::size_t size = 0;
  std::int64_t total = 0;
  for (std::size_t k = 0; k < order_.size(); ++k) {
    const Item item{x_ranks_[k], y_ranks_[k], counts[order_[k]]};
    items[size] = item;
    size += item.count > 0 ? 1 : 0;
    y_counts[item.y] += item.count;
    total += item.count;
  }
  RankedGroups x(total), y(total);
  std::vector<double> y_centred;
  y_centred.reserve(y_groups_);
  for (const std::uint32_t count : y_counts) y_centred.push_back(y.add_group(count));

  RunningSums seen(y_groups_);
  double covariance = 0;
  std::int64_t discordant = 0, tied_in_both = 0;
  for (std::size_t start = 0, end; start < size; start = end) {
    // A group of equal x, by y: none of its pairs is concordant or discordant.
    const std::int64_t below = x.below();
    std::int64_t group = 0, equal = 0;
    double y_sum = 0;
    for (end = start; end < size && items[end].x == items[start].x; ++end) {
      const Item& item = items[end];
      if (end > start && item.y != items[end - 1].y) {
        tied_in_both += pairs(equal);
        equal = 0;
      }
      equal += item.count;
      group += item.count;
      y_sum += item.count * y_centred[item.y];
      discordant += item.count * (below - seen.up_to(item.y));
    }
    tied_in_both += pairs(equal);
    covariance += x.add_group(group) * y_sum;
    for (std::size_t k = start; k < end; ++k) seen.add(items[k].y, items[k].count);
  }

  const std::int64_t all = pairs(total);
  if (x.tied_pairs() == all || y.tied_pairs() == all) return {};
  const auto difference =
      static_cast<double>(all - x.tied_pairs() - y.tied_pairs() + tied_in_both - 2 * discordant);
  const auto untied = [all](const RankedGroups& groups) {
    return static_cast<double>(all - groups.tied_pairs());
  };
  // One root of the product, which makes equal rankings correlate with exactly 1.
  return {within_bounds(covariance / std::sqrt(x.square_sum() * y.square_sum())),
          within_bounds(difference / std::sqrt(untied(x) * untied(y)))};
}

PairedValues::PairedValues(std::span<const double> x, std::span<const double> y) {
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!std::isfinite(x[k]) || !std::isfinite(y[k])) continue;
    items_.push_back(static_cast<std::uint32_t>(k));
    x_.push_back(x[k]);
    y_.push_back(y[k]);
  }
  // Squares of scores such as 1e200 must not overflow.
  for (std::vector<double>* values : {&x_, &y_}) {
    const double scale = largest_magnitude(*values);
    if (scale == 0) continue;
    for (double& value : *values) value /= scale;
  }
}

std::optional<double> PairedValues::pearson(Counts counts) const {
  double total = 0, x_mean = 0, y_mean = 0;
  std::optional<std::size_t> first;
  bool x_varies = false, y_varies = false;
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const std::uint32_t count = counts[items_[k]];
    if (count == 0) continue;
    if (!first) first = k;
    x_varies = x_varies || x_[k] != x_[*first];
    y_varies = y_varies || y_[k] != y_[*first];
    total += count;
    x_mean += count * x_[k];
    y_mean += count * y_[k];
  }
  if (!x_varies || !y_varies) return std::nullopt;
  x_mean /= total;
  y_mean /= total;
  double covariance = 0, x_squares = 0, y_squares = 0;
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const double count = counts[items_[k]], dx = x_[k] - x_mean, dy = y_[k] - y_mean;
    covariance += count * dx * dy;
    x_squares += count * dx * dx;
    y_squares += count * dy * dy;
  }
  return within_bounds(covariance / std::sqrt(x_squares) / std::sqrt(y_squares));
}

Spread spread_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  // Divided by the largest, sums and squares stay within range.
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  if (largest == 0) return {};
  if (values.size() == 1) return {values.front(), 0};
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / largest / n;
  for (const double value : values) squares += (value / largest - mean) * (value / largest - mean);
  return {mean * largest, std::sqrt(squares / (n - 1)) * largest};
}

double student_t_97_5(int degrees) {
  constexpr std::array few = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706,
                              2.4469,  2.3646, 2.3060, 2.2622, 2.2281};
  if (degrees <= static_cast<int>(few.size())) return few[static_cast<std::size_t>(degrees - 1)];
  constexpr double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  const double n = degrees;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

}  // namespace wrcor

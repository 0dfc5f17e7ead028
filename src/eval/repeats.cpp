#include "eval/repeats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace wrcor {
namespace {

/// The decadic logarithm of the mean of powers of ten.
double log10_of_mean(const std::vector<Score>& powers) {
  double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const Score& power : powers) greatest = std::max(greatest, power.log10.value());
  for (const Score& power : powers) sum += std::pow(10.0, *power.log10 - greatest);
  return greatest + std::log10(sum / static_cast<double>(powers.size()));
}

/// The mean of a score's repeats, or the first that is undefined.
Score mean_of(const std::vector<Score>& repeats) {
  Score mean = repeats.front();
  std::vector<double> values;
  for (const Score& score : repeats) {
    if (score.status != Status::ok) return score;
    values.push_back(score.raw);
  }
  mean.raw =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (mean.log10) mean.log10 = log10_of_mean(repeats);
  if (mean.log10 && !std::isnormal(mean.raw)) return Score::beyond_double(*mean.log10);
  mean.value = mean.raw;
  const bool all_held = std::all_of(repeats.begin(), repeats.end(),
                                    [](const Score& score) { return score.value.has_value(); });
  if (all_held) mean.repeats = std::move(values);
  return mean;
}

}  // namespace

void summarise_status(Evaluation& evaluation) {
  for (const auto& entry : evaluation.scores) {
    if (entry.second.status == Status::ok) return;
  }
  const Score& first = evaluation.scores.front().second;
  evaluation.status = first.status;
  evaluation.reason = first.reason;
}

Evaluation mean_of_repeats(const std::vector<Evaluation>& repeats) {
  if (repeats.size() == 1) return repeats.front();
  Evaluation mean = repeats.front();
  mean.status = Status::ok;
  mean.reason.clear();
  for (std::size_t p = 0; p < mean.scores.size(); ++p) {
    std::vector<Score> scores;
    for (const Evaluation& repeat : repeats) scores.push_back(repeat.scores[p].second);
    mean.scores[p].second = mean_of(scores);
  }
  summarise_status(mean);
  return mean;
}

}  // namespace wrcor

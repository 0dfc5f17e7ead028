#include "wrcor/score/ranking.h"

#include <algorithm>
#include <cmath>

#include "score/standings.h"
#include "score/statistics.h"

namespace wrcor {
namespace {

/// The number of repeats of the members' scores, ignoring those without any; 0 if they differ.
std::size_t common_repeats(const RankingRule& rule, std::span<const Evaluation> evaluations) {
  std::optional<std::size_t> common;
  for (const Evaluation& evaluation : evaluations) {
    for (const RankingMember& member : rule.members) {
      const Score& score = evaluation.score(member.proxy);
      if (score.repeats.empty()) continue;
      if (common.value_or(score.repeats.size()) != score.repeats.size()) return 0;
      common = score.repeats.size();
    }
  }
  return common.value_or(0);
}

/// Values by the rule among the scores of one repeat, one per evaluation.
std::vector<std::optional<double>> values_in(std::size_t repeat, const RankingRule& rule,
                                             std::span<const Evaluation> evaluations) {
  std::vector<MemberScores> scores;
  for (const Evaluation& evaluation : evaluations) {
    MemberScores& row = scores.emplace_back();
    for (const RankingMember& member : rule.members) {
      const Score& score = evaluation.score(member.proxy);
      row.push_back(score.repeats.empty() ? std::nullopt : std::optional(score.repeats[repeat]));
    }
  }
  return vote_values(rule, scores);
}

/// The values of one architecture, one per repeat.
struct Contender {
  std::size_t number;  ///< of the evaluation
  std::vector<double> values;
  double largest;  ///< magnitude of the values
  RankInterval ranks;
};

/// The sign of the difference of their means; 0 if it may be chance.
class PairedTest {
 public:
  explicit PairedTest(std::size_t repeats)
      : count_(static_cast<double>(repeats)),
        critical_(student_t_97_5(static_cast<int>(repeats) - 1)) {}

  int operator()(const Contender& a, const Contender& b) const {
    // Scores of some proxies span hundreds of orders of magnitude: divided by the largest, their
    // squares stay within range.
    const double largest = std::max(a.largest, b.largest);
    if (largest == 0) return 0;
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < a.values.size(); ++r) {
      const double difference = a.values[r] / largest - b.values[r] / largest;
      sum += difference;
      squares += difference * difference;
    }
    const double mean = sum / count_;
    const double variance = std::max(squares - sum * mean, 0.0) / (count_ - 1);
    if (mean * mean * count_ <= critical_ * critical_ * variance) return 0;
    return mean > 0 ? 1 : -1;
  }

 private:
  double count_;
  double critical_;
};

}  // namespace

std::vector<std::optional<RankInterval>> rank_intervals(const RankingRule& rule,
                                                        std::span<const Evaluation> evaluations) {
  std::vector<std::optional<RankInterval>> intervals(evaluations.size());
  const std::size_t repeats = common_repeats(rule, evaluations);
  if (repeats < 2) return intervals;

  std::vector<std::vector<double>> values(evaluations.size());
  for (std::size_t r = 0; r < repeats; ++r) {
    const auto in_repeat = values_in(r, rule, evaluations);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (in_repeat[i]) values[i].push_back(*in_repeat[i]);
    }
  }
  std::vector<Contender> contenders;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].size() != repeats) continue;
    const double largest = largest_magnitude(values[i]);
    contenders.push_back({i, std::move(values[i]), largest, {}});
  }
  for (Contender& contender : contenders) contender.ranks.worst = contenders.size();

  const PairedTest test(repeats);
  for (auto a = contenders.begin(); a != contenders.end(); ++a) {
    for (auto b = a + 1; b != contenders.end(); ++b) {
      const int outcome = test(*a, *b);
      if (outcome == 0) continue;
      Contender& better = outcome > 0 ? *a : *b;
      Contender& worse = outcome > 0 ? *b : *a;
      --better.ranks.worst;
      ++worse.ranks.best;
    }
  }
  for (const Contender& contender : contenders) intervals[contender.number] = contender.ranks;
  return intervals;
}

}  // namespace wrcor

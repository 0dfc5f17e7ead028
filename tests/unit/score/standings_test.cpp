#include "score/standings.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/catch.h"
#include "wrcor/core/random.h"
#include "wrcor/score/ranking.h"

using namespace wrcor;

using Values = std::vector<std::optional<double>>;

/// libtorch's headers have a stream operator for vectors, which cannot print these.
template <>
struct Catch::StringMaker<Values> {
  static std::string convert(const Values& values) {
    std::string text;
    for (const auto& value : values) text += (value ? std::to_string(*value) : "none") + " ";
    return text;
  }
};

namespace {

constexpr VoteMethod set_methods[] = {VoteMethod::copeland, VoteMethod::ranksum, VoteMethod::borda,
                                      VoteMethod::zscore, VoteMethod::logrank};
constexpr std::optional<double> none = std::nullopt;

RankingRule rule(VoteMethod method, int members) {
  RankingRule result{method, {}};
  for (int m = 0; m < members; ++m) result.members.push_back({"m" + std::to_string(m), {}});
  return result;
}

/// Few different values, hence many ties, and some that are not ok.
std::vector<MemberScores> random_scores(int architectures, int members, std::uint64_t seed,
                                        bool all_ok = false) {
  Rng rng(seed);
  std::vector<MemberScores> rows;
  for (int i = 0; i < architectures; ++i) {
    MemberScores row;
    for (int m = 0; m < members; ++m) {
      const auto drawn = rng.below(12);
      row.push_back(drawn == 0 && !all_ok ? none : std::sqrt(static_cast<double>(drawn + 1)) - 2);
    }
    rows.push_back(row);
  }
  return rows;
}

/// An oracle: the definitions, one pair of architectures after the other.
std::optional<double> plain_value(VoteMethod method, const std::vector<MemberScores>& rows,
                                  std::size_t mine) {
  const std::size_t members = rows[mine].size();
  if (std::none_of(rows[mine].begin(), rows[mine].end(), [](auto& s) { return s.has_value(); }))
    return none;
  const auto n = static_cast<double>(rows.size());
  double value = 0;
  if (method == VoteMethod::copeland) {
    for (const MemberScores& other : rows) {
      double wins = 0, losses = 0;
      for (std::size_t m = 0; m < members; ++m) {
        wins += rows[mine][m] > other[m];
        losses += rows[mine][m] < other[m];
      }
      value +=
          (wins > static_cast<double>(members) / 2) - (losses > static_cast<double>(members) / 2);
    }
    return value;
  }
  for (std::size_t m = 0; m < members; ++m) {
    double below = 0, equal = 0, count = 0, sum = 0, squares = 0;
    double lowest = std::numeric_limits<double>::infinity();
    for (const MemberScores& other : rows) {
      below += other[m] < rows[mine][m];
      equal += other[m] == rows[mine][m];
      if (!other[m]) continue;
      ++count;
      sum += *other[m];
      squares += *other[m] * *other[m];
      lowest = std::min(lowest, *other[m]);
    }
    const double rank = below + (equal + 1) / 2;
    const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
    if (method == VoteMethod::ranksum) value += rank / static_cast<double>(members);
    if (method == VoteMethod::borda) value += below + (equal - 1) / 2;
    if (method == VoteMethod::logrank) value += std::log(rank / n);
    if (method == VoteMethod::zscore && count > 0 && deviation > 1e-6) {
      value += (rows[mine][m].value_or(lowest) - mean) / deviation / static_cast<double>(members);
    }
  }
  return value;
}

template <typename T>
std::vector<T> permuted(const std::vector<T>& items, const std::vector<std::size_t>& order) {
  std::vector<T> result;
  for (const std::size_t i : order) result.push_back(items[i]);
  return result;
}

std::vector<std::size_t> random_order(std::size_t count, Rng& rng) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

}  // namespace

TEST_CASE("the values of a small set can be checked by hand", "[score][votes]") {
  const std::vector<MemberScores> rows{{1.0, 30.0, 5.0}, {2.0, 20.0, 5.0}, {3.0, 40.0, 5.0}};
  const auto values = [&](VoteMethod method) { return vote_values(rule(method, 3), rows); };
  // The third wins both its duels, two members to none; the others draw, one to one.
  CHECK(values(VoteMethod::copeland) == Values{-1, -1, 2});
  CHECK(values(VoteMethod::pairwise) == values(VoteMethod::copeland));
  CHECK(values(VoteMethod::ranksum) == Values{5.0 / 3, 5.0 / 3, 8.0 / 3});
  CHECK(values(VoteMethod::borda) == Values{2, 2, 5});
  const double ties = std::log(2.0 / 3);
  CHECK(*values(VoteMethod::logrank)[0] == Approx(std::log(1.0 / 3) + 2 * ties));
  CHECK(*values(VoteMethod::logrank)[2] == Approx(ties));
  const double spread = std::sqrt(1.5);  // (3 - 2) / sqrt(2 / 3)
  CHECK(*values(VoteMethod::zscore)[0] == Approx(-spread / 3));
  CHECK(*values(VoteMethod::zscore)[2] == Approx(2 * spread / 3));
}

TEST_CASE("three networks that beat each other in a circle are equal", "[score][votes]") {
  const std::vector<MemberScores> rows{{1.0, 2.0, 3.0}, {2.0, 3.0, 1.0}, {3.0, 1.0, 2.0}};
  for (const VoteMethod method : set_methods) {
    const Values values = vote_values(rule(method, 3), rows);
    CHECK(values[0] == values[1]);
    CHECK(values[1] == values[2]);
  }
  Standings duels(rule(VoteMethod::pairwise, 3));
  for (const MemberScores& row : rows) duels.add(row);
  CHECK(duels.prefers(1, 0));
  CHECK(duels.prefers(2, 1));
  CHECK(duels.prefers(0, 2));
  CHECK_FALSE(duels.prefers(0, 1));
}

TEST_CASE("half of the members are no majority, and equal scores are no vote", "[score][votes]") {
  Standings four(rule(VoteMethod::pairwise, 4));
  four.add({2.0, 2.0, 1.0, 1.0});
  four.add({1.0, 1.0, 1.0, 1.0});
  CHECK_FALSE(four.prefers(0, 1));
  CHECK_FALSE(four.prefers(1, 0));
  four.add({3.0, 3.0, 3.0, 0.0});
  CHECK(four.prefers(2, 0));
}

TEST_CASE("a direction of lower is the vote over negated scores", "[score][votes]") {
  const auto rows = random_scores(40, 3, 1);
  auto negated = rows;
  for (MemberScores& row : negated) {
    if (row[1]) row[1] = -*row[1];
  }
  for (const VoteMethod method : set_methods) {
    RankingRule lower = rule(method, 3);
    lower.members[1].better = Direction::lower;
    CHECK(vote_values(lower, negated) == vote_values(rule(method, 3), rows));
  }
  RankingRule one{VoteMethod::score, {{"plain", Direction::lower}}};
  CHECK(vote_values(one, {{3.0}, {-1.0}, {none}}) == Values{-3, 1, none});
}

TEST_CASE("a score that is not ok is the worst of its member and equal to others",
          "[score][votes]") {
  const std::vector<MemberScores> rows{{none, 5.0}, {none, 5.0}, {-1e300, 5.0}, {1.0, 5.0}};
  CHECK(vote_values(rule(VoteMethod::borda, 2), rows) == Values{2, 2, 3.5, 4.5});
  const Values zscores =
      vote_values(rule(VoteMethod::zscore, 2), {{none, 5.0}, {1.0, 5.0}, {3.0, 5.0}});
  CHECK(zscores == Values{-0.5, -0.5, 0.5});
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const VoteMethod method : set_methods) {
    const Values expected = vote_values(rule(method, 2), rows);
    for (const double odd : {infinity, -infinity, std::nan("")}) {
      auto same = rows;
      same[0][0] = odd;
      CHECK(vote_values(rule(method, 2), same) == expected);
    }
  }
}

TEST_CASE("a value that no double holds ranks by its logarithm", "[score][votes]") {
  const auto evaluation = [](const Score& score) {
    Evaluation one;
    one.scores = {{"synflow", score}};
    // As read back from a journal.
    return evaluation_from_json(to_json(one));
  };
  const std::vector<Score> scores{Score::of_power(1, 1030), Score::of_power(0.5, 1030),
                                  Score::of_power(1, 1000), Score::of_power(1, -1100),
                                  Score::degenerate("zero_gradient", 0)};
  CHECK(scores[0].note == "overflow");
  CHECK(scores[2].value == std::ldexp(1, 1000));
  CHECK(scores[3].note == "underflow");
  for (const VoteMethod method : {VoteMethod::score, VoteMethod::logrank, VoteMethod::copeland}) {
    Standings standings({method, {{"synflow", Direction::higher}}});
    for (const Score& score : scores) standings.add(evaluation(score));
    for (std::size_t k = 0; k + 1 < scores.size(); ++k) CHECK(standings.prefers(k, k + 1));
  }
}

TEST_CASE("an architecture without any score is below all others, in every method",
          "[score][votes]") {
  for (int seed = 0; seed < 20; ++seed) {
    auto rows = random_scores(12, 3, static_cast<std::uint64_t>(seed), true);
    rows.push_back({none, none, none});
    rows.push_back({0.0, 0.0, 0.0});  // ok, and the lowest of all
    for (MemberScores& row : rows) {
      for (auto& score : row) score = score ? std::optional(std::max(*score, 0.0)) : none;
    }
    for (const VoteMethod method : {VoteMethod::copeland, VoteMethod::pairwise, VoteMethod::ranksum,
                                    VoteMethod::borda, VoteMethod::zscore, VoteMethod::logrank}) {
      Standings standings(rule(method, 3));
      for (const MemberScores& row : rows) standings.add(row);
      CHECK_FALSE(standings.value(12));
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i == 12) continue;
        CHECK(standings.prefers(i, 12));
        CHECK_FALSE(standings.prefers(12, i));
      }
    }
  }
}

TEST_CASE("a member whose scores are all equal, or all missing, decides nothing",
          "[score][votes]") {
  std::vector<MemberScores> rows{{0.1, 1.0}, {0.1, 2.0}, {0.1, 3.0}};
  const Values expected = vote_values(rule(VoteMethod::zscore, 2), rows);
  CHECK(*expected[1] == Approx(0).margin(1e-15));
  for (MemberScores& row : rows) row[0] = none;
  CHECK(vote_values(rule(VoteMethod::zscore, 2), rows) == expected);
  for (const VoteMethod method : set_methods) {
    const Values values = vote_values(rule(method, 2), rows);
    if (method == VoteMethod::copeland) continue;  // one of two is not a majority
    CHECK(values[0] < values[1]);
    CHECK(values[1] < values[2]);
  }
}

TEST_CASE("values depend neither on the order of the set nor on that of the members",
          "[score][votes]") {
  Rng rng(5);
  const auto rows = random_scores(60, 5, 3);
  const std::vector<std::size_t> same_members{0, 1, 2, 3, 4};
  for (const VoteMethod method : set_methods) {
    const Values expected = vote_values(rule(method, 5), rows);
    for (int repeat = 0; repeat < 10; ++repeat) {
      const auto order = random_order(rows.size(), rng);
      const auto members = repeat % 2 == 0 ? same_members : random_order(5, rng);
      auto shuffled = permuted(rows, order);
      for (MemberScores& row : shuffled) row = permuted(row, members);
      CHECK(vote_values(rule(method, 5), shuffled) == permuted(expected, order));
    }
  }
}

TEST_CASE("after every addition the values are those of the definitions", "[score][votes]") {
  for (const int members : {1, 2, 3, 4}) {
    const auto rows = random_scores(70, members, static_cast<std::uint64_t>(members));
    for (const VoteMethod method : set_methods) {
      Standings standings(rule(method, members));
      std::vector<MemberScores> so_far;
      bool good = true, same = true;
      for (const MemberScores& row : rows) {
        so_far.push_back(row);
        CHECK(standings.add(row) == so_far.size() - 1);
        const Values scratch = vote_values(rule(method, members), so_far);
        for (std::size_t i = 0; i < so_far.size(); ++i) {
          const auto value = standings.value(i), plain = plain_value(method, so_far, i);
          same = same && value == scratch[i];
          good = good && value.has_value() == plain.has_value() &&
                 (!value || *value == Approx(*plain).epsilon(1e-9).margin(1e-9));
        }
      }
      CHECK(good);
      CHECK(same);
    }
  }
}

TEST_CASE("ten thousand additions, each with a tournament, take no time", "[score][votes]") {
  using Clock = std::chrono::steady_clock;
  const auto rows = random_scores(10'000, 3, 7);
  for (const VoteMethod method : {VoteMethod::score, VoteMethod::pairwise, VoteMethod::copeland,
                                  VoteMethod::ranksum, VoteMethod::zscore, VoteMethod::logrank}) {
    const bool one = method == VoteMethod::score;
    Standings standings(rule(method, one ? 1 : 3));
    const auto start = Clock::now();
    int wins = 0;
    for (const MemberScores& row : rows) {
      const std::size_t last = standings.add(one ? MemberScores{row[0]} : row);
      for (std::size_t k = 0; k < 10; ++k) wins += standings.prefers(last, last / (k + 1)) ? 1 : 0;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    INFO(static_cast<int>(method));
    CHECK(wins > 0);
    CHECK(seconds < 10);  // below 1 in a release build on an idle machine
  }
}

TEST_CASE("a ranking by a vote is the same for every order of its input", "[score][votes]") {
  Rng rng(11);
  const auto rows = random_scores(50, 3, 4);
  std::vector<Ranked> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Evaluation evaluation;
    for (std::size_t m = 0; m < 3; ++m) {
      Score score;
      score.value = rows[i][m];
      if (!score.value) score.status = Status::degenerate;
      evaluation.scores.emplace_back("m" + std::to_string(m), score);
    }
    const std::string arch = "|" + std::to_string(100 + i) + "|";
    entries.push_back({arch, arch, evaluation, 0});
  }
  for (const VoteMethod method : set_methods) {
    auto expected = entries;
    rank(expected, rule(method, 3));
    for (std::size_t i = 1; i < expected.size(); ++i) {
      const Ranked &better = expected[i - 1], &mine = expected[i];
      CHECK((better.vote > mine.vote || (better.vote == mine.vote && better.arch < mine.arch)));
    }
    for (int repeat = 0; repeat < 5; ++repeat) {
      auto shuffled = permuted(entries, random_order(entries.size(), rng));
      rank(shuffled, rule(method, 3));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(shuffled[i].arch == expected[i].arch);
        CHECK(shuffled[i].vote == expected[i].vote);
      }
    }
  }
  rank(entries, rule(VoteMethod::score, 1));
  CHECK_FALSE(entries[0].vote);
}

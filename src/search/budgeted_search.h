#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "score/statistics.h"
#include "search/training_ledger.h"
#include "wrcor/search/search_spec.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// The use that a search makes of a zero-shot ranking. A run first draws a pool of architectures
/// and scores them, which its budget pays for.
enum class Guidance {
  none,
  /// Only architectures that score as high as the best share of the pool are trained; every other
  /// one that the search proposes is scored, too.
  filter,
  /// The search starts with the best of the pool.
  warm_start
};
std::string_view to_string(Guidance guidance);

/// A zero-shot ranking.
struct Guide {
  std::string score;   ///< its name
  double seconds = 0;  ///< of scoring one architecture
  /// By architecture, as SearchSpace::format() writes it; higher is better.
  std::unordered_map<std::string, double> values;
};

/// The conditions of all simulated searches of a comparison.
struct BudgetedConditions {
  double seconds = 12'000;  ///< of each search
  int runs = 100;           ///< of each search, run k with the seed of the run seed + k
  std::uint64_t seed = 0;
  std::size_t pool = 1000;      ///< architectures
  double filter_percent = 10;   ///< of the pool
  std::size_t warm_start = 10;  ///< architectures of the pool
  int workers = 1;              ///< threads; the results are the same for any number
};

/// A kind of search.
struct SearchMethod {
  std::string name;  ///< of a strategy, or "successive_halving", "hyperband"
  /// That a strategy trains every network to; the others use all.
  std::optional<std::size_t> fidelity = {};
};

/// The strategies, each with the cheapest and with the dearest fidelity, and the methods that use
/// all fidelities.
std::vector<SearchMethod> search_methods(std::size_t fidelities);

/// The results of the runs of one search.
struct BudgetedSearch {
  SearchMethod method;
  Guidance guidance = Guidance::none;
  std::string score;            ///< of the guide, if there is one
  double scored = 0;            ///< architectures, mean over the runs
  double trained = 0;           ///< different networks, mean over the runs
  std::vector<Spread> metrics;  ///< of the answers at the end
  /// The metrics of the answers at each of the moments; nothing while a run has none.
  std::vector<std::optional<std::vector<Spread>>> anytime;
};

/// Simulated searches that train networks, one after the other, until a budget of seconds is spent.
/// They see only the validation figures of a table; the metrics of the networks that they answer
/// with are reported.
class BudgetedSearches {
 public:
  static constexpr int moments = 50;  ///< at which answers are reported

  /// @param space    outlives the object
  /// @param spec     options of the strategies, classes, most proposals
  /// @param table    outlives the object
  /// @param metrics  names, for messages
  BudgetedSearches(const SearchSpace& space, const SearchSpec& spec, const TrainingTable& table,
                   std::vector<std::string> metrics, const BudgetedConditions& conditions);

  /// The seconds of a moment, 0 .. moments - 1; the last is the whole budget.
  double moment(int number) const;

  /// Seconds after which every run surely has an answer.
  double needed(const SearchMethod& method, const Guide* guide) const;

  /// @param guide  null without guidance
  /// @throws UsageError for a budget below needed(); DataError when the table lacks something that
  ///         a search asks for, or the guide a score
  BudgetedSearch run(const SearchMethod& method, Guidance guidance, const Guide* guide) const;

 private:
  struct Run {
    std::vector<TrainingLedger::Incumbent> incumbents;
    std::size_t scored = 0, trained = 0;
  };

  Run run_once(const SearchMethod& method, Guidance guidance, const Guide* guide, int number) const;
  void search(const SearchMethod& method, const SearchSpace& space, std::uint64_t seed,
              TrainingLedger& ledger) const;
  std::vector<double> metrics_of(const TrainedNetwork& network) const;
  std::optional<std::vector<Spread>> answers(const std::vector<Run>& runs, double seconds) const;

  const SearchSpace& space_;
  SearchSpec spec_;
  const TrainingTable& table_;
  std::vector<std::string> metrics_;
  BudgetedConditions conditions_;
  std::vector<int> epochs_;  ///< of the fidelities
};

}  // namespace wrcor

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// The outcome that a strategy receives for a genotype that it proposed.
struct Outcome {
  Genotype genotype;
  /// At the time of tell(); higher is better, nothing ranks below every number.
  std::optional<double> fitness;
  std::size_t number = 0;  ///< of its class of architectures, which may occur several times
  /// What the fitness is made of: the score of each member of the ranking rule, higher is better;
  /// nothing where it is undefined.
  std::vector<std::optional<double>> scores = {};
  /// Costs that are to be small, in the order of SearchSpec::minimize.
  std::vector<double> costs = {};
};

/// Whether outcome a is strictly better than outcome b.
///
/// In a vote the rank of an outcome depends on all known outcomes, so the answer for two old ones
/// can change with every tell: ask again rather than keep it or compare fitness. It need not be
/// transitive: a scan that keeps the better of two is well defined, sorting is not.
using Preference = std::function<bool(const Outcome& a, const Outcome& b)>;

/// The preference for the higher fitness.
inline bool fitter(const Outcome& a, const Outcome& b) { return a.fitness > b.fitness; }

/// The fitness that an outcome has now, for the same reason.
using CurrentFitness = std::function<std::optional<double>(const Outcome&)>;

/// The fitness that it had when it was told.
inline std::optional<double> told_fitness(const Outcome& outcome) { return outcome.fitness; }

/// Proposes genotypes and learns from their outcomes. Depends on neither devices nor proxies, and
/// only on the interface of a space. Outcomes arrive in the order of asking, possibly several
/// proposals late.
///
/// A strategy is deterministic: equal constructions, asks and tells give equal proposals.
class SearchStrategy {
 public:
  virtual ~SearchStrategy() = default;
  /// The next proposal; nothing when no proposals are left.
  virtual std::optional<Genotype> ask() = 0;
  virtual void tell(const Outcome& outcome) = 0;
  /// The total number of proposals, if it is known from the start.
  virtual std::optional<std::uint64_t> proposals() const { return std::nullopt; }
  /// Whether proposals depend on outcomes.
  virtual bool learns() const { return true; }
};

}  // namespace wrcor

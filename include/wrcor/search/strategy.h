#pragma once

#include <cstdint>
#include <optional>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// What a strategy learns of a genotype that it proposed.
struct Outcome {
  Genotype genotype;
  std::optional<double> fitness;  ///< higher is better; nothing ranks below every number
};

/// Proposes genotypes and learns from their outcomes. Knows neither
/// devices nor proxies, and of a space only its interface. Outcomes
/// are told in the order of asking, possibly several proposals late.
///
/// A strategy is deterministic: equal constructions, asks and tells give equal proposals.
class SearchStrategy {
 public:
  virtual ~SearchStrategy() = default;
  /// The next proposal, or nothing when there is none left.
  virtual std::optional<Genotype> ask() = 0;
  virtual void tell(const Outcome& outcome) = 0;
  /// How many proposals there are in all, where that is known from the start.
  virtual std::optional<std::uint64_t> proposals() const { return std::nullopt; }
};

}  // namespace wrcor

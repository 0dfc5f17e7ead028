#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// An architecture that another program is asked to train.
struct Trial {
  std::size_t id = 0;  ///< from 0, in the order of asking
  std::string arch;
};

/// What that program reports of a trial: its fitness, higher is better, or why it has none.
struct TrialOutcome {
  std::size_t id = 0;
  std::optional<double> fitness = {};  ///< finite
  std::string failure = {};            ///< not empty without a fitness
  bool operator==(const TrialOutcome&) const = default;
};

/// The name of the fitness where results of searches have the names of proxies.
inline constexpr const char* fitness_name = "fitness";

/// What orders trials: the fitness.
RankingRule fitness_rule();

/// {"id": 3, "fitness": 0.91} or {"id": 3, "failed": "out of memory"}
nlohmann::ordered_json to_json(const TrialOutcome& outcome);

/// Inverse of to_json(). @throws UsageError with what was expected and what was found
TrialOutcome trial_outcome_from_json(const nlohmann::ordered_json& json);

/// JSON Schemas of what `wrcor ask` prints and of what `wrcor tell` reads, a line each.
nlohmann::ordered_json trial_schema();
nlohmann::ordered_json trial_outcome_schema();
json_schema_parts::Schema trial_outcome_object();  ///< the latter, as a part of others

}  // namespace wrcor

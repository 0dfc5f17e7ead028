#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/score/ranking.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

/// A finished search, as recorded in its folder.
struct FinishedRun {
  /// result.json without its ranking.
  nlohmann::ordered_json document;
  SpaceChoice space;                 ///< search space, without its options
  RankingRule rule;                  ///< that ordered the ranking
  std::vector<std::string> proxies;  ///< that were computed
  struct Row {
    std::string arch;
    Evaluation evaluation;
    std::int64_t first_seen = 0;             ///< number of the proposal, from 0
    std::optional<double> vote = {};         ///< value in the vote, if the rule is one
    std::optional<RankInterval> ranks = {};  ///< possible ranks, if scores were repeated
    std::optional<std::size_t> front = {};   ///< of all objectives, if costs were minimised
    std::vector<std::pair<std::string, double>> costs = {};  ///< those, by name
  };
  std::vector<Row> ranking;  ///< best first
  /// Seconds of searching up to the end of the evaluation, by architecture; empty if the folder has
  /// no journal, or one of trials.
  std::map<std::string, double> elapsed;

  /// Like ranking_value() of an entry.
  std::optional<double> value(const Row& row) const;
};

/// Reads the result.json of a folder alone: `elapsed` stays empty.
/// @throws as read_finished_run()
FinishedRun read_result(const std::filesystem::path& folder);

/// Reads the folder of a search, of this version of the program or an older one, and changes
/// nothing in it.
/// @throws UsageError when it is not the folder of a finished run; DataError when a file is damaged
///         or of a newer version
FinishedRun read_finished_run(const std::filesystem::path& folder);

}  // namespace wrcor

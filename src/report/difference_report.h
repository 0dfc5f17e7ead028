#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "record/score_differences.h"

namespace wrcor {

/// The findings of `wrcor compare`.
struct DifferenceReport {
  ScoreRecords first, second;
  double tolerance = 0;
  ScoreDifferences differences;
};

/// Of each kind of difference at most 20 rows, and how many there are.
std::string difference_table(const DifferenceReport& report);
std::string difference_json(const DifferenceReport& report);
nlohmann::ordered_json difference_schema();

/// "3 scores, 2 ranks, 1 architecture in one only"; empty without differences.
std::string difference_summary(const ScoreDifferences& differences);

}  // namespace wrcor

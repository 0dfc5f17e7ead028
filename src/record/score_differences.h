#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "record/score_reading.h"

namespace wrcor {

/// The differences between the records of two files for the same architectures.
struct ScoreDifferences {
  struct DifferentScore {
    std::string arch;
    std::string name;
    ScoreTable::Record::Figure first, second;
    /// |a - b| / max(|a|, |b|); infinite where only one of them is defined.
    double relative = 0;
  };
  struct MovedRank {
    std::string arch;
    std::size_t first = 0, second = 0;  ///< from 1
  };

  std::vector<std::string> only_first, only_second;  ///< architectures
  std::size_t compared = 0;                          ///< scores
  std::vector<DifferentScore> scores;                ///< beyond the tolerance
  double largest_relative = 0;                       ///< of all compared scores
  bool ranked = false;                               ///< whether both are rankings
  std::vector<MovedRank> moved;

  bool none() const {
    return only_first.empty() && only_second.empty() && scores.empty() && moved.empty();
  }
};

/// Why two files cannot be compared: other settings, other scores, another order; empty if they
/// can.
std::string obstacle_to_comparison(const ScoreRecords& first, const ScoreRecords& second);

/// Compares the scores that both files have, and the ranks if both are rankings by one rule. Failed
/// evaluations count as absent: they contain no information about an architecture.
/// @param tolerance  largest relative difference of scores that agree
/// @throws DataError for a file with an architecture twice
ScoreDifferences score_differences(const ScoreRecords& first, const ScoreRecords& second,
                                   double tolerance);

}  // namespace wrcor

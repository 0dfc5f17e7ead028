#pragma once

namespace wrcor {

/// Revision of the scores, counted from 1. Every version of the program with the same revision can
/// continue a run or a score file. Raise it when the score of any architecture changes (beyond
/// rounding), or the default of a setting that affects scores.
inline constexpr int scoring_revision = 3;

}  // namespace wrcor

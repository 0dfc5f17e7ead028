#pragma once

namespace wrcor {

/// Number of times that scores were changed, counted from 1. Runs and score files are continued by
/// every version of the program that has their revision. Raise it when the program comes to give
/// any architecture another score (beyond rounding), and when a setting that scores depend on gets
/// another default.
inline constexpr int scoring_revision = 2;

}  // namespace wrcor

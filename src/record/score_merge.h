#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace wrcor {

/// The content of a merged file of scores.
struct ScoreMerge {
  std::size_t architectures = 0;
  std::size_t repeated = 0;  ///< lines that repeat another one
};

/// Joins files of `wrcor score --out`, all JSON lines or all CSV, of equal settings and proxies,
/// into a new file. Their lines stay as they are and take turns, so that the shards 1 to N of a
/// list, in this order, give the file of the whole list.
/// @throws UsageError for files of different scores, naming the first line that differs, and when
///         `out` exists; DataError for a file that holds something else, a damaged line, or two
///         lines that contradict each other on an architecture; RunError
ScoreMerge merge_score_files(const std::vector<std::filesystem::path>& files,
                             const std::filesystem::path& out);

}  // namespace wrcor

#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "record/run_directory.h"
#include "record/search_result.h"

namespace wrcor {

/// Joins shards, or interrupted runs, of one search in a new folder: its journal has the
/// evaluations of all, and its result is that of one run without shards. Nothing is evaluated, and
/// the parts stay as they are.
///
/// Two searches cannot be finished this way, as they need networks or images: one that refines its
/// best (search.refine), and one on the images of a file (data.batch_file). Their folder then holds
/// a run that wrcor search --resume finishes.
///
/// @param parts  folders of runs, finished or not
/// @return what result.json was written from; nothing if the run is left to be finished
/// @throws UsageError for a folder without a run, for parts of different searches (naming each,
/// with the settings), and when `out` holds files of a run; DataError for a damaged file, when two
/// parts contradict each other on an architecture, and when evaluations are missing (naming the
/// shards); NoFeasibleError; RunError
std::optional<SearchResult> merge_runs(const std::vector<std::filesystem::path>& parts,
                                       const RunDirectory& out);

}  // namespace wrcor

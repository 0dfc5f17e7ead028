#pragma once

#include <string>

#include "record/run_directory.h"
#include "record/search_result.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"
#include "wrcor/record/progress.h"

namespace wrcor {

/// Runs a search to its end in a new folder, or goes on with the run that a folder holds. Every
/// evaluation is in the journal before anything is made of it; result.json is written at the end.
///
/// A resumed run repeats the search from its start, with evaluations from the journal at no cost,
/// so it ends like one that was never interrupted.
///
/// @param resume    continue the folder's run; without it, a folder that holds a run is an error
/// @param download  as for make_workbench()
/// @throws UsageError when the folder does not fit, holds a run of another configuration, or files
///         of other use by the names of a run's, or is being written by another process;
///         DataError when data is missing or the journal is damaged; NoFeasibleError;
///         Interrupted after a signal, when all that had started is in the journal; RunError
SearchResult run_search(const RunSpec& spec, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress, const DownloadSink& download = {});

/// The shell command that retries the failures of a run, with the same time again if time has ended
/// it, and twice the memory if that is bounded.
std::string retry_command(const SearchResult& result, const Config& config,
                          const RunDirectory& directory);

/// What a search would do, as text: the effective work, for --dry-run.
std::string describe_work(const RunSpec& spec);

}  // namespace wrcor

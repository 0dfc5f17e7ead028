#pragma once

#include <string>

#include "record/run_directory.h"
#include "record/search_result.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"
#include "wrcor/record/progress.h"

namespace wrcor {

/// Runs a search in a new folder, or continues the run in a folder. Every evaluation is written to
/// the journal before it is used; best.txt, ranking.csv and result.json are written at the end.
///
/// A resumed run repeats the search from its start, with evaluations from the journal at no cost,
/// so it ends like one that was never interrupted.
///
/// @param resume    continue the folder's run; without it, a folder that holds a run is an error
/// @param download  as for make_workbench()
/// @throws UsageError when the folder holds a run of another configuration, or unrelated files with
///         the names of a run's files, or is being written by another process;
///         DataError when data is missing or the journal is damaged; NoFeasibleError;
///         Interrupted after a signal, when all started evaluations are in the journal; RunError
SearchResult run_search(const RunSpec& spec, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress, const DownloadSink& download = {});

/// The shell command that retries the failures of a run: with the time limit once more if that
/// ended it, and with twice the memory limit if there is one.
std::string retry_command(const SearchResult& result, const Config& config,
                          const RunDirectory& directory);

/// A description of the work of a search, for --dry-run.
std::string describe_work(const RunSpec& spec);

}  // namespace wrcor

#pragma once

#include <string>

#include "record/run_directory.h"
#include "record/search_result.h"
#include "wrcor/config/run_spec.h"

namespace wrcor {

/// Writes what a search leaves at its end: best.txt, unless no architecture has a score,
/// ranking.csv, and then result.json. A folder that has result.json has all of them.
/// @throws RunError
void write_result_files(const SearchResult& result, const RunSpec& spec,
                        const RunDirectory& directory);

/// The first two of these files. @throws RunError
void write_ranking_files(const SearchResult& result, const RunDirectory& directory);

/// Refuses a best.txt or a ranking.csv that a resumed search would replace but that is not one of
/// its space, or of its settings. Empty ones are replaced.
/// @param settings  of the run: SearchResult::settings
/// @throws UsageError; DataError when it cannot be read
void require_own_ranking(const RunDirectory& directory, const RunSpec& spec,
                         const std::string& settings);

}  // namespace wrcor

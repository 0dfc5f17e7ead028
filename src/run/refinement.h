#pragma once

#include "wrcor/record/journal.h"
#include "wrcor/record/progress.h"
#include "wrcor/record/search_result.h"
#include "wrcor/run/workbench.h"

namespace wrcor {

/// Spends repeats where they matter: evaluates the first architectures of a ranking (search.refine)
/// with all repeats (score.repeats), of which the search used only the first, and reorders them.
/// One whose evaluation fails keeps its previous one.
/// @param replayed  refined evaluations of earlier sessions
/// @throws RunError; Interrupted when a signal has arrived and all started evaluations are in the
///         journal
void refine(SearchResult& result, const Config& config, const Workbench& bench, Journal& journal,
            const JournalContent& replayed, const ProgressSink& progress);

}  // namespace wrcor

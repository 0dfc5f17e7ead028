#pragma once

#include "queue/evaluation_source.h"
#include "record/journal.h"
#include "record/search_result.h"
#include "run/internal/search_clock.h"
#include "wrcor/record/progress.h"
#include "wrcor/run/workbench.h"

namespace wrcor {

/// Spends repeats where they matter: evaluates the first architectures of a ranking (search.refine)
/// with all repeats (score.repeats), where the search used only the first, and ranks them again.
/// One that cannot be evaluated this way keeps its evaluation.
/// @param make_source  of the evaluations
/// @param replayed  architectures that earlier sessions have refined
/// @throws RunError, also when the time is over and a queue has no worker; Interrupted after a
/// signal, once all evaluations that had started are in the journal
void refine(SearchResult& result, const RunSpec& spec, const Workbench& bench,
            const SourceMaker& make_source, const SearchClock& clock, Journal& journal,
            const JournalContent& replayed, const ProgressSink& progress);

}  // namespace wrcor

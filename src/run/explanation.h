#pragma once

#include <cstddef>
#include <string>

#include "score/explanation.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"
#include "wrcor/record/progress.h"

namespace wrcor {

/// Explains an architecture's scores by evaluating it over score.repeats draws of weights
/// and as many minibatches, alongside random architectures and its neighbours.
/// @param random_cells  how many are drawn
/// @throws as make_workbench(); Interrupted
Explanation explain(const RunSpec& spec, const std::string& arch, std::size_t random_cells,
                    const ProgressSink& progress, const DownloadSink& download = {});

}  // namespace wrcor

#pragma once

#include <memory>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/data/download.h"
#include "wrcor/eval/evaluator.h"
#include "wrcor/record/scoring_conditions.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Everything needed to score architectures, made from a configuration.
struct Workbench {
  std::unique_ptr<SearchSpace> space;
  std::unique_ptr<Evaluator> evaluator;
  ScoringConditions conditions;
  int workers = 1;
  int threads = 1;  ///< of each worker
};

/// Opens the data, downloading the data set on first use, draws the minibatch, and makes the space
/// and the evaluator. The space's address survives moves of the workbench.
/// @param download  receives the progress of a download
/// @throws UsageError, DataError; RunError when the cache folder cannot be written; Interrupted
Workbench make_workbench(const Config& config, const DownloadSink& download = {});

/// An evaluator like the workbench's, but with another minibatch drawn from the same data set.
/// @param number  of the draw, from 1; config.data.batch_file is empty
std::unique_ptr<Evaluator> evaluator_on_other_minibatch(const Config& config,
                                                        const Workbench& bench, int number);

/// Requirements of make_workbench() on the machine: a usable device, and data that suffice for a
/// minibatch.
std::vector<ConfigCheck> workbench_checks();

}  // namespace wrcor

#pragma once

#include <memory>
#include <vector>

#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"
#include "wrcor/record/scoring_conditions.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

struct ConfigCheck;
class Evaluator;
struct Minibatch;

/// Everything that scoring architectures takes.
struct Workbench {
  Workbench();
  Workbench(Workbench&& other) noexcept;
  Workbench& operator=(Workbench&& other) noexcept;
  ~Workbench();

  std::shared_ptr<const SearchSpace> space;  ///< sized for the images of the minibatch
  std::unique_ptr<Evaluator> evaluator;
  ScoringConditions conditions;
  int workers = 1;
  int threads = 1;  ///< of each worker
};

/// resolve(), with the space sized for the images that are scored: those of data.batch_file, where
/// it is given. @throws as resolve(); DataError for the file
RunSpec resolve_for_images(const Config& config);

/// Opens the data, which the first use of a data set downloads, draws the minibatch, and makes the
/// evaluator.
/// @param download  receives the progress of a download
/// @throws UsageError, DataError; RunError when the cache folder cannot be written; Interrupted
Workbench make_workbench(const RunSpec& spec, const DownloadSink& download = {});

/// The same on a minibatch that another process drew.
Workbench workbench_on(const RunSpec& spec, Minibatch minibatch);

/// An evaluator like the workbench's, but on another minibatch, drawn from the same data set.
/// @param number  of the draw, from 1; the configuration names no batch file
std::unique_ptr<Evaluator> evaluator_on_other_minibatch(const RunSpec& spec, const Workbench& bench,
                                                        int number);

/// Requirements of make_workbench() on the machine: a usable device, and data that suffice for a
/// minibatch.
std::vector<ConfigCheck> workbench_checks();

}  // namespace wrcor

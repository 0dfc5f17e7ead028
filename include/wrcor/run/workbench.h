#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "wrcor/data/dataset.h"
#include "wrcor/eval/evaluator.h"
#include "wrcor/run/config.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Everything that scoring architectures takes, made from a configuration.
struct Workbench {
  std::unique_ptr<SearchSpace> space;
  std::unique_ptr<Evaluator> evaluator;
  nlohmann::ordered_json batch;  ///< {"dataset", "size", "sha256"} of the minibatch
  std::string device_kind;       ///< "cpu" or "cuda": scores of different kinds are not mixed
  int workers = 1;
  int threads = 1;  ///< of each worker
};

/// Opens the data, draws the minibatch, and makes the space and the evaluator. The space outlives
/// moves of the workbench.
/// @throws UsageError, DataError
Workbench make_workbench(const Config& config);

/// What is known of the configuration's data set without reading any image.
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config);

/// The networks' space alone, sized for the configuration's data set, without reading any image.
/// @throws UsageError, DataError
std::unique_ptr<SearchSpace> make_space(const Config& config);

}  // namespace wrcor

#pragma once

#include <memory>

#include <ATen/ATen.h>

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"
#include "wrcor/data/download.h"
#include "wrcor/record/scoring_conditions.h"

namespace wrcor {

/// Opens the configuration's data set, downloading it on first use.
/// @param download  receives the progress of a download
/// @throws UsageError, DataError; RunError when the cache folder cannot be written; Interrupted
std::unique_ptr<Dataset> open_dataset(const Config& config, Split split,
                                      const DownloadSink& download);

/// Prepares the process, the calling thread and the device for networks. @return the device
/// @throws UsageError when it is not usable
at::Device prepare_machine(const Config& config);

/// What computes on the device in this process.
Platform this_platform(at::Device device);

}  // namespace wrcor

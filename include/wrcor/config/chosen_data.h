#pragma once

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// What the configuration's data set is opened with; it downloads and resizes nothing.
DatasetOptions dataset_options(const Config& config);

/// What is known of the configuration's data set without reading any image.
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config);

}  // namespace wrcor

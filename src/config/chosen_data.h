#pragma once

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// Options for opening the configuration's data set, without downloads or resizing.
DatasetOptions dataset_options(const Config& config);

/// Properties of the configuration's data set, without reading any image.
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config);

}  // namespace wrcor

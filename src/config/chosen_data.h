#pragma once

#include <optional>

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// Options for opening the configuration's data set, without downloads or resizing.
DatasetOptions dataset_options(const Config& config);

/// Properties of the configuration's data set, without reading any image.
/// @param classes  their number, where it is known: then no folder is needed
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config, std::optional<int> classes = {});

}  // namespace wrcor

#pragma once

#include <memory>

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"
#include "wrcor/data/image_size.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// What the configuration's data set is opened with; it downloads and resizes nothing.
DatasetOptions dataset_options(const Config& config);

/// What is known of the configuration's data set without reading any image.
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config);

/// The configuration's space, sized for images of its data set, of which none is read.
/// @throws UsageError, DataError
std::unique_ptr<SearchSpace> make_space(const Config& config);
/// The same for images of another size.
std::unique_ptr<SearchSpace> make_space(const Config& config, const ImageSize& image);

}  // namespace wrcor

#pragma once

#include <memory>

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"
#include "wrcor/data/image_size.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Options for opening the configuration's data set, without downloads or resizing.
DatasetOptions dataset_options(const Config& config);

/// Properties of the configuration's data set, without reading any image.
/// @throws UsageError, DataError
DatasetInfo dataset_info(const Config& config);

/// The configuration's space, sized for the images of its data set; reads no image.
/// @throws UsageError, DataError
std::unique_ptr<SearchSpace> make_space(const Config& config);
/// The same for images of another size.
std::unique_ptr<SearchSpace> make_space(const Config& config, const ImageSize& image);

}  // namespace wrcor

#pragma once

#include <memory>

#include "wrcor/data/dataset.h"

namespace wrcor {

// The user's images: `DatasetOptions::root` holds a folder for each class, which holds PNG and JPEG
// files (.png, .jpg, .jpeg, in any case). Classes, and the images in each, are ordered by the bytes
// of their names. Hidden files are skipped silently, other files that are not images with one
// warning; folders below those of the classes are ignored. Links are followed. Test images are in
// `DatasetOptions::test_root`, a folder with the same classes.
//
// An image is decoded when it is read, and `DatasetOptions::fit` makes it
// `DatasetOptions::image_size`, by default 32x32. The normalisation is that of ImageNet, the crop
// padding an eighth of the shorter side, as in CIFAR.

/// Only lists `root`, to determine the classes if `DatasetOptions::classes` does not.
/// @throws UsageError without a root; DataError when it cannot be listed or has fewer than two
///         folders
DatasetInfo image_folder_info(const DatasetOptions& options);

/// Lists all classes, decodes nothing. Reading throws DataError for a file that is not an image.
/// @throws as image_folder_info does; UsageError for test images without a test root; DataError for
///         a class without images, or for a test root with other classes
std::unique_ptr<Dataset> make_image_folder(const DatasetOptions& options);

}  // namespace wrcor

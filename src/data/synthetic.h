#pragma once

#include <cstdint>
#include <memory>

#include "wrcor/data/dataset.h"

namespace wrcor {

/// Images that need no download: 50,000 of 32x32 in 10 classes, and 10,000 others for tests,
/// generated when they are read.
///
/// A dead leaves model: opaque discs, ellipses and rectangles that occlude one another, with radii
/// of density r^-3, so that edges, occlusion and the decay of the spectrum with the square of the
/// frequency are those of photographs. The label sets the odds of shapes and colours. Pixel
/// statistics follow CIFAR-10, whose normalisation is used. An image is a function of its index and
/// of the seed, computed with integers only: the same on every platform. Source: Lee, Mumford and
/// Huang, Occlusion models for natural images, IJCV 41, 2001.
std::unique_ptr<Dataset> make_synthetic(std::uint64_t seed = 0, Split split = Split::training);

const DatasetInfo& synthetic_info();

}  // namespace wrcor

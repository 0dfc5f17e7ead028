#pragma once

#include <cstdint>
#include <span>

#include "wrcor/core/random.h"
#include "wrcor/data/dataset.h"

namespace wrcor {

/// The transformation of an image: flipped or not, then shifted, with black moving in.
struct ImageView {
  bool flipped = false;
  int dy = 0, dx = 0;  ///< offset of the crop from the unpadded image, -padding to padding
};

/// A horizontal flip with probability 1/2 and a uniform random crop of the image with black padding
/// on each side. Source: the data augmentation of the published NAS-Bench-201 code.
ImageView draw_view(Rng& rng, int padding);

/// Writes an image as input of a network: (pixel - mean) / deviation.
///
/// @param pixels  as Dataset::read() returns them
/// @param out     channels * height * width values
void write_view(const DatasetInfo& info, std::span<const std::uint8_t> pixels,
                const ImageView& view, std::span<float> out);

}  // namespace wrcor

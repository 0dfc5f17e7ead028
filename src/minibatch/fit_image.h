#pragma once

#include <cstdint>
#include <span>

#include "wrcor/data/image_file.h"

namespace wrcor {

/// The largest centred part of the image with the proportions of `size`, resized to it: antialiased
/// bilinear, computed in double precision and rounded.
///
/// @param planes  receives 3 * height * width values: the red plane, then green, then blue
void fit_image(const ColourImage& image, const ImageSize& size, std::span<std::uint8_t> planes);

}  // namespace wrcor

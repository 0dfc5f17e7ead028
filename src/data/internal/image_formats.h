#pragma once

#include "wrcor/data/image_file.h"

namespace wrcor {

ColourImage decode_png(std::string_view bytes, const std::string& name);
ColourImage decode_jpeg(std::string_view bytes, const std::string& name);

/// Memory for an image of this size. @throws DataError when it is too large or empty
ColourImage blank_image(std::uint64_t height, std::uint64_t width, const std::string& name);

}  // namespace wrcor

#include "wrcor/data/image_file.h"

#include "internal/image_formats.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

constexpr std::uint64_t most_pixels = 64 << 20;

}  // namespace

ColourImage decode_image(std::string_view bytes, const std::string& name) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(bytes, name);
  if (bytes.starts_with("\xff\xd8\xff")) return decode_jpeg(bytes, name);
  throw DataError(name + ": found " +
                  (bytes.empty() ? "an empty file, expected a PNG or JPEG image"
                                 : "neither a PNG nor a JPEG image, expected one of them"));
}

ColourImage blank_image(std::uint64_t height, std::uint64_t width, const std::string& name) {
  if (height == 0 || width == 0 || height > most_pixels / width) {
    throw DataError(name + ": found an image of " + std::to_string(height) + "x" +
                    std::to_string(width) + " pixels, expected 1 to " +
                    std::to_string(most_pixels));
  }
  return {{static_cast<int>(height), static_cast<int>(width)},
          std::vector<std::uint8_t>(3 * height * width)};
}

}  // namespace wrcor

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// Height and width of images, in pixels.
struct ImageSize {
  int height = 0;
  int width = 0;
  bool operator==(const ImageSize&) const = default;
};

constexpr int smallest_image_side = 4;
constexpr int largest_image_side = 1024;

/// Reads "32" (square) or "32x48" (height, then width); nothing for anything else and for sides out
/// of range.
std::optional<ImageSize> parse_image_size(std::string_view text);

/// "32x48"
std::string to_text(const ImageSize& size);

/// An 8-bit colour image.
struct ColourImage {
  ImageSize size;
  std::vector<std::uint8_t> pixels;  ///< [height, width, 3]: red, green, blue
};

/// Decodes a PNG or JPEG image; its first bytes decide which. Grey and palette images become
/// colour, 16 bits become 8, transparency becomes black. The orientation in Exif data is ignored.
///
/// @param bytes  the whole file
/// @param name   of the file, for messages
/// @throws DataError, one line, for anything else, for a CMYK image, for one that is cut short, and
///         for more than 64 Mi pixels, before memory for them is taken
ColourImage decode_image(std::string_view bytes, const std::string& name);

/// Resizes an image, see minibatch/fit_image.h.
/// @param planes  receives 3 * height * width values: the red plane, then green, then blue
using ImageFitter = std::function<void(const ColourImage& image, const ImageSize& size,
                                       std::span<std::uint8_t> planes)>;

}  // namespace wrcor

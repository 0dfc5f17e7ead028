#pragma once

#include <optional>
#include <string>
#include <string_view>

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

}  // namespace wrcor

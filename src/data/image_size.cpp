#include "wrcor/data/image_file.h"

#include <charconv>

namespace wrcor {
namespace {

std::optional<int> parse_side(std::string_view text) {
  int side = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, side);
  const bool valid = error == std::errc() && stop == end && text.front() != '0' &&
                     side >= smallest_image_side && side <= largest_image_side;
  return valid ? std::optional(side) : std::nullopt;
}

}  // namespace

std::optional<ImageSize> parse_image_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  const auto height = parse_side(text.substr(0, cross));
  const auto width = cross == text.npos ? height : parse_side(text.substr(cross + 1));
  if (!height || !width) return std::nullopt;
  return ImageSize{*height, *width};
}

std::string to_text(const ImageSize& size) {
  return std::to_string(size.height) + "x" + std::to_string(size.width);
}

}  // namespace wrcor

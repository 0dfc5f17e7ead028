#include "wrcor/data/image_file.h"

#include <ATen/ATen.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>

#include "image_formats.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

constexpr std::uint64_t most_pixels = 64 << 20;

struct Rectangle {
  std::int64_t top, left, height, width;
};

Rectangle middle_part(const ImageSize& whole, const ImageSize& proportions) {
  const std::int64_t h = whole.height, w = whole.width;
  const std::int64_t rows = proportions.height, columns = proportions.width;
  const auto rounded = [](std::int64_t a, std::int64_t b) { return (2 * a + b) / (2 * b); };
  const std::int64_t height = std::clamp(rounded(w * rows, columns), std::int64_t{1}, h);
  const std::int64_t width = std::clamp(rounded(h * columns, rows), std::int64_t{1}, w);
  return {(h - height) / 2, (w - width) / 2, height, width};
}

}  // namespace

ColourImage decode_image(std::string_view bytes, const std::string& name) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(bytes, name);
  if (bytes.starts_with("\xff\xd8\xff")) return decode_jpeg(bytes, name);
  throw DataError(name + ": found " +
                  (bytes.empty() ? "an empty file" : "neither a PNG nor a JPEG image") +
                  ", expected one of them");
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

void fit_image(const ColourImage& image, const ImageSize& size, std::span<std::uint8_t> planes) {
  const Rectangle part = middle_part(image.size, size);
  // from_blob takes no constant memory; nothing writes to it.
  const at::Tensor whole = at::from_blob(const_cast<std::uint8_t*>(image.pixels.data()),
                                         {image.size.height, image.size.width, 3}, at::kByte);
  const at::Tensor seen =
      whole.narrow(0, part.top, part.height).narrow(1, part.left, part.width).permute({2, 0, 1});
  const at::Tensor out = at::from_blob(planes.data(), {3, size.height, size.width}, at::kByte);
  for (std::int64_t c = 0; c < 3; ++c) {  // one by one: eight bytes a pixel are many
    const at::Tensor plane = seen[c].to(at::kDouble).contiguous().unsqueeze(0).unsqueeze(0);
    const at::Tensor fitted =
        at::_upsample_bilinear2d_aa(plane, {size.height, size.width}, /*align_corners=*/false);
    out[c].copy_(fitted[0][0].round().clamp(0, 255));
  }
}

}  // namespace wrcor

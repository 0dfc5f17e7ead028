#include "minibatch/fit_image.h"

#include <ATen/ATen.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>

namespace wrcor {
namespace {

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

void fit_image(const ColourImage& image, const ImageSize& size, std::span<std::uint8_t> planes) {
  const Rectangle part = middle_part(image.size, size);
  // from_blob does not accept const memory; nothing writes to it.
  const at::Tensor whole = at::from_blob(const_cast<std::uint8_t*>(image.pixels.data()),
                                         {image.size.height, image.size.width, 3}, at::kByte);
  const at::Tensor seen =
      whole.narrow(0, part.top, part.height).narrow(1, part.left, part.width).permute({2, 0, 1});
  const at::Tensor out = at::from_blob(planes.data(), {3, size.height, size.width}, at::kByte);
  for (std::int64_t c = 0; c < 3; ++c) {  // one by one, because doubles take eight bytes per pixel
    const at::Tensor plane = seen[c].to(at::kDouble).contiguous().unsqueeze(0).unsqueeze(0);
    const at::Tensor fitted =
        at::_upsample_bilinear2d_aa(plane, {size.height, size.width}, /*align_corners=*/false);
    out[c].copy_(fitted[0][0].round().clamp(0, 255));
  }
}

}  // namespace wrcor

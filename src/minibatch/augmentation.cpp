#include "minibatch/augmentation.h"

namespace wrcor {

ImageView draw_view(Rng& rng, int padding) {
  const auto offset = [&rng, padding] {
    return static_cast<int>(rng.below(static_cast<std::uint64_t>(2 * padding + 1))) - padding;
  };
  ImageView view;
  view.flipped = rng.coin();
  view.dy = offset();
  view.dx = offset();
  return view;
}

void write_view(const DatasetInfo& info, std::span<const std::uint8_t> pixels,
                const ImageView& view, std::span<float> out) {
  const auto [channels, height, width] = info.image;
  auto value = out.begin();
  for (int c = 0; c < channels; ++c) {
    const float mean = info.normalisation.mean[static_cast<std::size_t>(c)];
    const float deviation = info.normalisation.deviation[static_cast<std::size_t>(c)];
    for (int y = view.dy; y < height + view.dy; ++y) {
      for (int x = view.dx; x < width + view.dx; ++x) {
        const bool inside = 0 <= y && y < height && 0 <= x && x < width;
        const int column = view.flipped ? width - 1 - x : x;
        const float pixel =
            inside ? pixels[static_cast<std::size_t>((c * height + y) * width + column)] : 0.0f;
        *value++ = (pixel - mean) / deviation;
      }
    }
  }
}

}  // namespace wrcor

#include "data/synthetic.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "wrcor/core/random.h"

namespace wrcor {
namespace {

// Everything below is integer arithmetic: a compiler may contract or reorder floating-point
// expressions, and one different rounding would change a pixel. Lengths are in half pixels, colours
// in 1/16 of a grey level.

constexpr int image_side = 32;
constexpr int canvas_side = 2 * image_side;
constexpr int canvas_size = canvas_side * canvas_side;
constexpr int grey = 16;
constexpr int smallest_radius = 3;
constexpr int largest_radius = 64;
constexpr int classes = 10;

using Colour = std::array<int, 3>;

int between(Rng& rng, int low, int high) {
  return low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
}

/// In [-extent, extent], triangular: small values are more likely.
int around_zero(Rng& rng, int extent) {
  return (between(rng, -extent, extent) + between(rng, -extent, extent)) / 2;
}

/// Radii of density r^-3 among the leaves that touch the canvas: a leaf of radius r does when its
/// centre is in a square of side canvas + 2r.
class RadiusLaw {
 public:
  RadiusLaw() {
    std::uint64_t sum = 0;
    for (int r = smallest_radius; r <= largest_radius; ++r) {
      const auto reach = static_cast<std::uint64_t>(canvas_side + 2 * r);
      const auto cube = static_cast<std::uint64_t>(r) * r * r;
      sum += (reach * reach << 20) / cube;
      cumulative_.push_back(sum);
    }
  }

  int draw(Rng& rng) const {
    const auto above = std::ranges::upper_bound(cumulative_, rng.below(cumulative_.back()));
    return smallest_radius + static_cast<int>(above - cumulative_.begin());
  }

 private:
  std::vector<std::uint64_t> cumulative_;
};

/// Rotations with whole numbers: (cosine, sine) * scale, from Pythagorean triples; upright ones
/// count twice.
struct Direction {
  int cosine, sine, scale;
};
constexpr std::array<Direction, 12> directions{{{1, 0, 1},
                                                {1, 0, 1},
                                                {12, 5, 13},
                                                {12, -5, 13},
                                                {15, 8, 17},
                                                {15, -8, 17},
                                                {4, 3, 5},
                                                {4, -3, 5},
                                                {3, 4, 5},
                                                {3, -4, 5},
                                                {5, 12, 13},
                                                {5, -12, 13}}};

enum class Shape { ellipse, rectangle };

struct Leaf {
  Shape shape;
  int x, y;           ///< centre
  int length, width;  ///< half axes
  Direction direction;
  Colour colour;         ///< at the centre
  int slope_x, slope_y;  ///< change of all channels across the half length

  bool covers(int dx, int dy) const {
    const int along = dx * direction.cosine + dy * direction.sine;
    const int across = dy * direction.cosine - dx * direction.sine;
    const int half_length = length * direction.scale;
    const int half_width = width * direction.scale;
    if (std::abs(along) > half_length || std::abs(across) > half_width) return false;
    if (shape == Shape::rectangle) return true;
    const std::int64_t a = std::int64_t{along} * half_width;
    const std::int64_t b = std::int64_t{across} * half_length;
    const std::int64_t rim = std::int64_t{half_length} * half_width;
    return a * a + b * b <= rim * rim;
  }

  Colour shade(int dx, int dy) const {
    const int light = (slope_x * dx + slope_y * dy) / length;
    return {colour[0] + light, colour[1] + light, colour[2] + light};
  }
};

/// The colours of one region: leaves vary around a mean, mostly in brightness, so that channels
/// correlate.
struct Palette {
  int brightness, contrast, warmth, tint;

  Colour draw(Rng& rng) const {
    const int value = brightness + between(rng, -contrast, contrast);
    const int warm = warmth + around_zero(rng, 70 * grey);
    const int green = tint + around_zero(rng, 40 * grey);
    return {value + warm * 3 / 8, value + green / 2, value - warm * 11 / 16};
  }
};

/// A subject in front of a background, each with its own colours and its own clutter of leaves.
struct Scene {
  Leaf subject, ground;
  Palette subject_colours, ground_colours;
  int rectangles;  ///< of 8 leaves
  int leaves;

  const Palette& colours_at(int x, int y) const {
    return subject.covers(x - subject.x, y - subject.y) ? subject_colours : ground_colours;
  }
};

Palette draw_palette(Rng& rng, int brightness, int warmth) {
  return {.brightness = brightness,
          .contrast = between(rng, 20, 140) * grey,
          .warmth = warmth + around_zero(rng, 80 * grey),
          .tint = 3 * grey + around_zero(rng, 60 * grey)};
}

Leaf draw_shape(Rng& rng, int length, int rectangles) {
  Leaf leaf{};
  leaf.shape = between(rng, 1, 8) <= rectangles ? Shape::rectangle : Shape::ellipse;
  leaf.length = length;
  leaf.width = std::max(1, length * between(rng, 5, 16) / 16);
  const auto [cosine, sine, scale] = directions[rng.below(directions.size())];
  leaf.direction = rng.coin() ? Direction{cosine, sine, scale} : Direction{-sine, cosine, scale};
  leaf.slope_x = around_zero(rng, 60 * grey);
  leaf.slope_y = around_zero(rng, 60 * grey);
  return leaf;
}

Scene draw_scene(Rng& rng, int label) {
  const int brightness = 121 * grey + around_zero(rng, 30 * grey);
  const int difference = between(rng, -75, 75) * grey;
  const int warmth = (11 + (label % 5 - 2) * 6) * grey;
  Scene scene{};
  scene.rectangles = label < classes / 2 ? 2 : 5;
  const int clutter = between(rng, 1, 9);
  scene.leaves = 2 * clutter * clutter;
  scene.subject_colours = draw_palette(rng, brightness - difference, warmth);
  scene.ground_colours = draw_palette(rng, brightness + difference, warmth);

  scene.subject = draw_shape(rng, between(rng, 14, 40), scene.rectangles);
  scene.subject.x = canvas_side / 2 + around_zero(rng, 24);
  scene.subject.y = canvas_side / 2 + around_zero(rng, 24);
  scene.subject.colour = scene.subject_colours.draw(rng);

  scene.ground = {
      .shape = Shape::rectangle,
      .x = canvas_side / 2,
      .y = canvas_side / 2,
      .length = canvas_side,
      .width = canvas_side,
      .direction = directions.front(),
      .colour = scene.ground_colours.draw(rng),
      .slope_x = around_zero(rng, 60 * grey),
      .slope_y = around_zero(rng, 120 * grey) - 40 * grey};  // lighter at the top, as outdoors
  return scene;
}

Leaf draw_leaf(Rng& rng, const RadiusLaw& radii, const Scene& scene) {
  Leaf leaf = draw_shape(rng, radii.draw(rng), scene.rectangles);
  leaf.x = between(rng, -leaf.length, canvas_side + leaf.length - 1);
  leaf.y = between(rng, -leaf.length, canvas_side + leaf.length - 1);
  leaf.colour = scene.colours_at(leaf.x, leaf.y).draw(rng);
  return leaf;
}

/// Painted from front to back: a leaf shows only where nothing is painted yet, and the image is
/// done when no gap is left.
class Canvas {
 public:
  bool full() const { return gaps_ == 0; }

  void slide_under(const Leaf& leaf) {
    const int reach = leaf.shape == Shape::rectangle ? leaf.length + leaf.width : leaf.length;
    const int top = std::max(0, leaf.y - reach), bottom = std::min(canvas_side - 1, leaf.y + reach);
    const int left = std::max(0, leaf.x - reach), right = std::min(canvas_side - 1, leaf.x + reach);
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        const int at = y * canvas_side + x;
        if (covered_[at] || !leaf.covers(x - leaf.x, y - leaf.y)) continue;
        put(at, leaf.shade(x - leaf.x, y - leaf.y));
      }
    }
  }

  /// Value of one channel seen through a small aperture: the mean of the pixel's four points,
  /// blended with its neighbourhood.
  int pixel(int channel, int y, int x) const {
    int sum = 0;
    for (int dy = -1; dy <= 2; ++dy) {
      for (int dx = -1; dx <= 2; ++dx) {
        const int cy = std::clamp(2 * y + dy, 0, canvas_side - 1);
        const int cx = std::clamp(2 * x + dx, 0, canvas_side - 1);
        const int weight = (dy == 0 || dy == 1 ? 3 : 1) * (dx == 0 || dx == 1 ? 3 : 1);
        sum += weight * colours_[cy * canvas_side + cx][channel];
      }
    }
    return sum / 64;
  }

 private:
  void put(int at, const Colour& colour) {
    colours_[at] = colour;
    covered_[at] = true;
    --gaps_;
  }

  std::array<Colour, canvas_size> colours_;
  std::array<bool, canvas_size> covered_{};
  int gaps_ = canvas_size;
};

class Synthetic final : public Dataset {
 public:
  Synthetic(std::uint64_t seed, Split split)
      : Dataset(synthetic_info()), seed_(seed), split_(split) {}

  std::int64_t size() const override { return split_ == Split::test ? 10'000 : 50'000; }

  int read(std::int64_t index, std::span<std::uint8_t> pixels) const override {
    const char* stream = split_ == Split::test ? "synthetic test image" : "synthetic image";
    Rng rng(derive_seed(seed_, {stream, std::to_string(index)}));
    const int label = between(rng, 0, classes - 1);
    const Scene scene = draw_scene(rng, label);
    Canvas canvas;
    for (int leaf = 0; leaf < scene.leaves && !canvas.full(); ++leaf) {
      canvas.slide_under(draw_leaf(rng, radii_, scene));
    }
    canvas.slide_under(scene.subject);
    canvas.slide_under(scene.ground);
    for (int y = 0; y < image_side; ++y) {
      for (int x = 0; x < image_side; ++x) {
        const int noise = around_zero(rng, 4 * grey);
        for (int c = 0; c < 3; ++c) {
          const int value = (canvas.pixel(c, y, x) + noise) / grey;
          pixels[static_cast<std::size_t>((c * image_side + y) * image_side + x)] =
              static_cast<std::uint8_t>(std::clamp(value, 0, 255));
        }
      }
    }
    return label;
  }

 private:
  std::uint64_t seed_;
  Split split_;
  RadiusLaw radii_;
};

}  // namespace

const DatasetInfo& synthetic_info() {
  static const DatasetInfo info{.name = "synthetic",
                                .classes = classes,
                                .image = {3, image_side, image_side},
                                .normalisation = {{125.3f, 123.0f, 113.9f}, {63.0f, 62.1f, 66.7f}},
                                .crop_padding = 4};
  return info;
}

std::unique_ptr<Dataset> make_synthetic(std::uint64_t seed, Split split) {
  return std::make_unique<Synthetic>(seed, split);
}

}  // namespace wrcor

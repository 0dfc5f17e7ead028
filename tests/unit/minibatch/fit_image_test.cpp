#include "minibatch/fit_image.h"

#include <vector>

#include "support/catch.h"

namespace wrcor {
namespace {

using Bytes = std::vector<std::uint8_t>;

ColourImage grey_image(int height, int width, const Bytes& values) {
  ColourImage image{{height, width}, {}};
  for (const std::uint8_t value : values) image.pixels.insert(image.pixels.end(), 3, value);
  return image;
}

Bytes fitted(const ColourImage& image, const ImageSize& size) {
  Bytes planes(static_cast<std::size_t>(3 * size.height * size.width));
  fit_image(image, size, planes);
  return planes;
}

TEST_CASE("an image of the right size keeps its pixels, plane by plane", "[minibatch][image]") {
  // 3 columns, 2 rows; the bytes count up in tens.
  const Bytes tens{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170};
  const ColourImage image{{2, 3}, tens};
  CHECK(fitted(image, {2, 3}) ==
        Bytes{0, 30, 60, 90, 120, 150, 10, 40, 70, 100, 130, 160, 20, 50, 80, 110, 140, 170});
}

TEST_CASE("the middle of an image is taken, in the proportions asked for", "[minibatch][image]") {
  const Bytes wide = fitted(grey_image(2, 4, {1, 2, 3, 4, 5, 6, 7, 8}), {2, 2});
  CHECK(Bytes(wide.begin(), wide.begin() + 4) == Bytes{2, 3, 6, 7});
  const Bytes high = fitted(grey_image(4, 1, {1, 2, 3, 4}), {2, 1});
  CHECK(Bytes(high.begin(), high.begin() + 2) == Bytes{2, 3});
}

TEST_CASE("an image that shrinks is averaged, not sampled", "[minibatch][image]") {
  // Halved, the weights of the triangle filter are 3/7, 3/7 and 1/7 at the border.
  std::vector<std::uint8_t> values;
  for (int row = 0; row < 4; ++row) values.insert(values.end(), {7, 14, 0, 0});
  CHECK(fitted(grey_image(4, 4, values), {2, 2})[0] == 9);
}

TEST_CASE("images grow, and of any shape something is left", "[minibatch][image]") {
  CHECK(fitted(grey_image(1, 1, {9}), {5, 3}) == Bytes(45, 9));
  CHECK(fitted(grey_image(1, 1000, Bytes(1000, 9)), {4, 1024}) == Bytes(3 * 4 * 1024, 9));
  CHECK(fitted(grey_image(1000, 1, Bytes(1000, 9)), {33, 17}) == Bytes(3 * 33 * 17, 9));
}

}  // namespace
}  // namespace wrcor

#include "minibatch/augmentation.h"

#include <array>
#include <map>

#include "support/catch.h"

using namespace wrcor;

TEST_CASE("an image is flipped, then moved, with black moving in", "[minibatch][augmentation]") {
  const DatasetInfo info{
      .name = "tiny", .classes = 2, .image = {1, 2, 3}, .normalisation = {{10, 0, 0}, {2, 1, 1}}};
  const std::array<std::uint8_t, 6> pixels{12, 14, 16, 18, 20, 22};
  const auto seen = [&](const ImageView& view) {
    std::array<float, 6> out{};
    write_view(info, pixels, view, out);
    return out;
  };
  constexpr float black = -5;
  CHECK(seen({}) == std::array<float, 6>{1, 2, 3, 4, 5, 6});
  CHECK(seen({.flipped = true}) == std::array<float, 6>{3, 2, 1, 6, 5, 4});
  CHECK(seen({.flipped = false, .dy = 1, .dx = 0}) ==
        std::array<float, 6>{4, 5, 6, black, black, black});
  CHECK(seen({.flipped = true, .dy = 0, .dx = -1}) ==
        std::array<float, 6>{black, 3, 2, black, 6, 5});
}

TEST_CASE("views are flipped half of the time and moved evenly", "[minibatch][augmentation]") {
  Rng rng(1);
  int flipped = 0;
  std::map<int, int> rows, columns;
  for (int k = 0; k < 9000; ++k) {
    const ImageView view = draw_view(rng, 4);
    flipped += view.flipped ? 1 : 0;
    ++rows[view.dy];
    ++columns[view.dx];
  }
  CHECK(std::abs(flipped - 4500) < 200);
  for (const auto& counts : {rows, columns}) {
    CHECK(counts.size() == 9);
    for (const auto& [offset, count] : counts) {
      CHECK(std::abs(offset) <= 4);
      CHECK(std::abs(count - 1000) < 130);
    }
  }
}

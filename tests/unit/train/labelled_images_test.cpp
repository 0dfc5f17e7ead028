#include "train/labelled_images.h"

#include <algorithm>

#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "unit/train/support.h"

using namespace wrcor;

TEST_CASE("images are kept as they are read, whatever the workers", "[train][images]") {
  const auto dataset = make_synthetic();
  const std::vector<std::int64_t> indices{7, 3, 49'999, 3};
  const LabelledImages one = read_images(*dataset, indices, 1),
                       more = read_images(*dataset, indices, 3);
  REQUIRE(one.size() == 4);
  CHECK(one.pixels == more.pixels);
  CHECK(one.labels == more.labels);
  CHECK(one.sha256() == more.sha256());
  std::vector<std::uint8_t> pixels(3072);
  CHECK(dataset->read(49'999, pixels) == one.labels[2]);
  CHECK(std::ranges::equal(one.image(2), pixels));
  CHECK(std::ranges::equal(one.image(1), one.image(3)));
  LabelledImages relabelled = one;
  relabelled.labels[0] ^= 1;
  CHECK(relabelled.sha256() != one.sha256());
}

TEST_CASE("reading stops where it is asked to", "[train][images]") {
  const auto dataset = make_synthetic();
  const std::vector<std::int64_t> indices(1000, 0);
  CHECK_THROWS_AS(read_images(*dataset, indices, 2, [] { throw RunError("enough"); }), RunError);
}

TEST_CASE("images beyond the machine's memory are refused in words", "[train][images]") {
  class Huge final : public Dataset {
   public:
    Huge()
        : Dataset(
              {.name = "huge", .classes = 2, .image = {3, 1 << 20, 1 << 20}, .normalisation = {}}) {
    }
    std::int64_t size() const override { return 64; }
    int read(std::int64_t, std::span<std::uint8_t>) const override { return 0; }
  };
  const std::vector<std::int64_t> indices(64, 0);
  CHECK_THAT(test::message_of<RunError>([&] { read_images(Huge(), indices, 1); }),
             ContainsSubstring("64 images of huge take 201326592 MiB") &&
                 ContainsSubstring("--train-images"));
}

TEST_CASE("parts are disjoint, in order, and a function of the seed", "[train][images]") {
  const ImageParts parts = draw_parts(10, 7, 3);
  CHECK(parts.first.size() == 7);
  CHECK(parts.second.size() == 3);
  std::vector<std::int64_t> all = parts.first;
  all.insert(all.end(), parts.second.begin(), parts.second.end());
  std::ranges::sort(all);
  CHECK((all == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  CHECK(std::ranges::is_sorted(parts.first));
  CHECK(std::ranges::is_sorted(parts.second));
  CHECK(draw_parts(10, 7, 3).first == parts.first);
  CHECK(draw_parts(10, 7, 4).first != parts.first);
  CHECK(draw_parts(10, 10, 3).second.empty());
}

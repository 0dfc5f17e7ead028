#include "minibatch/minibatch.h"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "core/hash.h"
#include "data/synthetic.h"
#include "support/catch.h"
#include "support/shared.h"
#include "unit/data/fixtures.h"
#include "unit/minibatch/archives.h"

namespace wrcor {
namespace {

using test::archive_of_tensors;
using test::TemporaryFolder;

/// 2x3 images whose label is their index; the pixel
/// (c, y, x) of image i is 1 + 18 i + 6 c + 3 y + x.
class Tiny final : public Dataset {
 public:
  explicit Tiny(std::int64_t size, int padding = 1)
      : Dataset({.name = "tiny",
                 .classes = 12,
                 .image = {3, 2, 3},
                 .normalisation = {{10.0f, 20.0f, 30.0f}, {2.0f, 4.0f, 8.0f}},
                 .crop_padding = padding}),
        size_(size) {}

  std::int64_t size() const override { return size_; }
  int read(std::int64_t index, std::span<std::uint8_t> pixels) const override {
    for (std::size_t k = 0; k < 18; ++k) pixels[k] = static_cast<std::uint8_t>(1 + 18 * index + k);
    return static_cast<int>(index);
  }

 private:
  std::int64_t size_;
};

/// Image `index` of Tiny, optionally flipped, then moved up by dy and left by dx with black moving
/// in.
at::Tensor expected_image(std::int64_t index, bool flipped, int dy, int dx) {
  const at::Tensor image = at::empty({3, 2, 3});
  const float mean[] = {10, 20, 30}, deviation[] = {2, 4, 8};
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 3; ++x) {
        const int from_y = y + dy, in_row = x + dx;
        const bool black = from_y < 0 || from_y > 1 || in_row < 0 || in_row > 2;
        const int from_x = flipped ? 2 - in_row : in_row;
        const auto pixel = black ? 0 : 1 + 18 * index + 6 * c + 3 * from_y + from_x;
        image[c][y][x] = (static_cast<float>(pixel) - mean[c]) / deviation[c];
      }
    }
  }
  return image;
}

TEST_CASE("without augmentation a minibatch holds the normalised images", "[minibatch]") {
  const Minibatch batch = draw_minibatch(Tiny(10), 4, false, 1);
  CHECK(batch.images.sizes() == at::IntArrayRef{4, 3, 2, 3});
  CHECK(batch.images.scalar_type() == at::kFloat);
  CHECK(batch.labels.scalar_type() == at::kLong);
  CHECK(batch.dataset == "tiny");
  for (int i = 0; i < 4; ++i) {
    const auto label = batch.labels[i].item<std::int64_t>();
    CHECK(at::equal(batch.images[i], expected_image(label, false, 0, 0)));
  }
}

TEST_CASE("images are drawn without replacement and in shuffled order", "[minibatch]") {
  const at::Tensor labels = draw_minibatch(Tiny(12), 12, true, 3).labels;
  CHECK(at::equal(std::get<0>(labels.sort()), at::arange(12, at::kLong)));
  CHECK_FALSE(at::equal(labels, at::arange(12, at::kLong)));
}

TEST_CASE("no image is drawn twice while there is another", "[minibatch]") {
  // Images 0 to 5 are copies of one, the others differ.
  class Copies final : public Dataset {
   public:
    Copies() : Dataset(Tiny(10).info()) {}
    std::int64_t size() const override { return 10; }
    int read(std::int64_t index, std::span<std::uint8_t> pixels) const override {
      Tiny(10).read(std::max<std::int64_t>(index, 5), pixels);
      return static_cast<int>(index);
    }
  };
  const Copies copies;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    CHECK_FALSE(equal_images(draw_minibatch(copies, 5, false, seed)));
    const Minibatch forced = draw_minibatch(copies, 7, false, seed);
    const auto equal = equal_images(forced);
    REQUIRE(equal);
    CHECK(equal->first < equal->second);
    CHECK(forced.images[equal->first].equal(forced.images[equal->second]));
  }
}

TEST_CASE("augmentation flips, pads with black and crops", "[minibatch]") {
  std::set<int> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Minibatch batch = draw_minibatch(Tiny(10), 10, true, seed);
    for (int i = 0; i < 10; ++i) {
      const auto label = batch.labels[i].item<std::int64_t>();
      int matches = 0;
      for (int view = 0; view < 18; ++view) {
        const int dy = view / 6 - 1, dx = view / 2 % 3 - 1;
        if (!at::equal(batch.images[i], expected_image(label, view % 2 == 1, dy, dx))) continue;
        ++matches;
        seen.insert(view);
      }
      CHECK(matches == 1);
    }
  }
  CHECK(seen.size() == 18);  // flipped or not, three offsets down, three across
}

TEST_CASE("padding is black before normalisation", "[minibatch]") {
  at::Tensor darkest = at::full({3}, 1000.0);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    darkest = at::minimum(darkest, draw_minibatch(Tiny(10), 10, true, seed).images.amin({0, 2, 3}));
  }
  // No pixel of Tiny is 0, so these are -mean / deviation: -10/2, -20/4, -30/8.
  CHECK(darkest[0].item<float>() == -5.0f);
  CHECK(darkest[1].item<float>() == -5.0f);
  CHECK(darkest[2].item<float>() == -3.75f);
}

TEST_CASE("half of the images are flipped", "[minibatch]") {
  int flipped = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Minibatch batch = draw_minibatch(Tiny(10, 0), 10, true, seed);
    for (int i = 0; i < 10; ++i) {
      flipped += batch.images[i][0][0][0].item<float>() > batch.images[i][0][0][2].item<float>();
    }
  }
  CHECK(std::abs(flipped - 500) < 64);  // four standard deviations
}

TEST_CASE("a minibatch is a function of its seed", "[minibatch]") {
  const auto dataset = make_synthetic();
  const Minibatch batch = draw_minibatch(*dataset, 8, true, 42);
  const Minibatch again = draw_minibatch(*dataset, 8, true, 42);
  CHECK(at::equal(batch.images, again.images));
  CHECK(at::equal(batch.labels, again.labels));
  CHECK(batch.sha256 == again.sha256);
  CHECK(batch.sha256 != draw_minibatch(*dataset, 8, true, 43).sha256);
  const Minibatch plain = draw_minibatch(*dataset, 8, false, 42);
  CHECK(at::equal(batch.labels, plain.labels));
  CHECK(batch.sha256 != plain.sha256);
}

TEST_CASE("the minibatch of a seed never changes", "[minibatch]") {
  CHECK(draw_minibatch(*make_synthetic(), 64, true, 0).sha256 ==
        "b7536b7275f9739113453fcb59756379f67338742d8793cda93f703bf7626270");
}

TEST_CASE("the hash covers shape, image bytes and label bytes", "[minibatch]") {
  const Minibatch batch = draw_minibatch(Tiny(4), 2, false, 0);
  const auto* images = reinterpret_cast<const char*>(batch.images.data_ptr<float>());
  const auto* labels = reinterpret_cast<const char*>(batch.labels.data_ptr<std::int64_t>());
  CHECK(batch.sha256 ==
        sha256_hex("[2, 3, 2, 3]" + std::string(images, 2 * 18 * 4) + std::string(labels, 2 * 8)));
}

TEST_CASE("a batch size that the data set cannot serve is a usage error", "[minibatch]") {
  const int size = GENERATE(-1, 0, 1, 6);
  CHECK(test::message_of<UsageError>([&] { draw_minibatch(Tiny(5), size, true, 0); }) ==
        "batch size " + std::to_string(size) +
            ": expected 2 to 5, the number of images of tiny; set it by --batch-size");
}

TEST_CASE("a saved minibatch comes back as it was", "[minibatch][minibatch][file]") {
  const TemporaryFolder folder;
  const Minibatch batch = draw_minibatch(Tiny(10), 5, true, 9);
  const auto file = folder.write(
      "batch.pt", archive_of_tensors({{"images", batch.images}, {"labels", batch.labels}}));
  const Minibatch loaded = load_minibatch(file);
  CHECK(at::equal(loaded.images, batch.images));
  CHECK(at::equal(loaded.labels, batch.labels));
  CHECK(loaded.sha256 == batch.sha256);
  CHECK(loaded.dataset == "file");
}

TEST_CASE("a minibatch written by Python is read", "[minibatch][minibatch][file]") {
  WRCOR_REQUIRE_SHARED(file, "golden/nb201_small/batch.pt");
  const Minibatch batch = load_minibatch(file);
  CHECK(batch.images.sizes() == at::IntArrayRef{16, 3, 32, 32});
  CHECK(batch.images.is_contiguous());
  CHECK(batch.images.mean().item<double>() == Approx(0).margin(0.02));  // standard normal
  CHECK(batch.images.std().item<double>() == Approx(1).margin(0.02));
  CHECK(batch.labels.sizes() == at::IntArrayRef{16});
  CHECK(batch.labels.max().item<std::int64_t>() < 10);
}

TEST_CASE("a minibatch of another memory layout has the same hash",
          "[minibatch][minibatch][file]") {
  const TemporaryFolder folder;
  const at::Tensor images = at::arange(2 * 3 * 4 * 4, at::kFloat).view({2, 3, 4, 4});
  const at::Tensor labels = at::zeros({2}, at::kLong);
  const auto rows =
      folder.write("rows.pt", archive_of_tensors({{"images", images}, {"labels", labels}}));
  const auto channels_last = folder.write(
      "last.pt", archive_of_tensors({{"images", images.contiguous(at::MemoryFormat::ChannelsLast)},
                                     {"labels", labels}}));
  CHECK(load_minibatch(rows).sha256 == load_minibatch(channels_last).sha256);
}

TEST_CASE("labels are integers of any width", "[minibatch][minibatch][file]") {
  const TemporaryFolder folder;
  const at::Tensor images = at::rand({3, 3, 2, 2}), labels = at::arange(3, at::kLong);
  const auto loaded = [&](const at::Tensor& some) {
    return load_minibatch(
        folder.write("batch.pt", archive_of_tensors({{"images", images}, {"labels", some}})));
  };
  const Minibatch expected = loaded(labels);
  for (const at::ScalarType type : {at::kByte, at::kChar, at::kShort, at::kInt}) {
    const Minibatch batch = loaded(labels.to(type));
    CHECK(batch.labels.scalar_type() == at::kLong);
    CHECK(at::equal(batch.labels, labels));
    CHECK(batch.sha256 == expected.sha256);
  }
}

TEST_CASE("a wrong minibatch is named with found and expected", "[minibatch][minibatch][file]") {
  const at::Tensor images = at::zeros({4, 3, 8, 8}), labels = at::zeros({4}, at::kLong);
  const auto message = [](const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
    const TemporaryFolder folder;
    const auto file = folder.write("batch.pt", archive_of_tensors(tensors));
    auto text = test::message_of<DataError>([&] { load_minibatch(file); });
    CHECK_THAT(text, StartsWith(file.string() + ": found "));
    CHECK(text.find('\n') == std::string::npos);
    return text;
  };
  const auto with_images = [&](const at::Tensor& other) {
    return message({{"images", other}, {"labels", labels}});
  };
  const auto with_labels = [&](const at::Tensor& other) {
    return message({{"images", images}, {"labels", other}});
  };
  SECTION("a missing key") {
    CHECK_THAT(message({{"labels", labels}}),
               ContainsSubstring("found no 'images', expected 'images' [N, 3, H, W] float32"));
    CHECK_THAT(message({{"images", images}}),
               ContainsSubstring("found no 'labels', expected 'labels' [N] of integers"));
  }
  SECTION("type and rank") {
    CHECK_THAT(with_images(images.to(at::kDouble)),
               ContainsSubstring("of shape [4, 3, 8, 8] and type Double, expected"));
    CHECK_THAT(with_images(images.to(at::kByte)),
               ContainsSubstring("and type Byte, expected") &&
                   EndsWith("; normalise them: (images.float() / 255 - mean) / std, with the mean "
                            "and deviation of each channel as [1, 3, 1, 1]"));
    CHECK_THAT(with_images(images[0]), ContainsSubstring("of shape [3, 8, 8] and type Float"));
    CHECK_THAT(with_labels(labels.to(at::kFloat)),
               ContainsSubstring("of shape [4] and type Float"));
    CHECK_THAT(with_labels(labels.to(at::kBool)), ContainsSubstring("of shape [4] and type Bool"));
    CHECK_THAT(with_labels(labels.view({4, 1})),
               ContainsSubstring("of shape [4, 1] and type Long"));
  }
  SECTION("sizes") {
    CHECK_THAT(with_images(images.narrow(0, 0, 1)), ContainsSubstring("of shape [1, 3, 8, 8]"));
    CHECK_THAT(with_images(images.narrow(1, 0, 1)), ContainsSubstring("of shape [4, 1, 8, 8]"));
    CHECK_THAT(with_images(images.narrow(2, 0, 0)), ContainsSubstring("of shape [4, 3, 0, 8]"));
    CHECK_THAT(with_labels(labels.narrow(0, 0, 3)),
               ContainsSubstring("found 3 labels, expected 4"));
  }
  SECTION("values") {
    const float bad =
        GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
    images[2][1][7][7] = bad;
    CHECK_THAT(with_images(images), ContainsSubstring("NaN or infinity in 'images', image 2"));
  }
  SECTION("labels") {
    labels[3] = -1;
    CHECK_THAT(with_labels(labels), ContainsSubstring("found the label -1, expected 0 or more"));
  }
}

}  // namespace
}  // namespace wrcor

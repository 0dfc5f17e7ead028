#include "train/batch_stream.h"

#include "support/catch.h"
#include "unit/train/support.h"

using namespace wrcor;

namespace {

ImageView as_it_is(std::int64_t) { return {}; }

/// An image as input of a network.
at::Tensor seen(const LabelledImages& images, std::int64_t index, const ImageView& view = {}) {
  at::Tensor image = at::empty({3, 32, 32});
  write_view(images.info, images.image(index), view, {image.data_ptr<float>(), 3072});
  return image;
}

}  // namespace

TEST_CASE("a stream has all images of its order, the rest in a last batch", "[train][stream]") {
  const LabelledImages images = test::some_images(6);
  const std::vector<std::int64_t> order{5, 0, 3, 1, 4};
  BatchStream stream(images, order, 2, as_it_is, {});
  CHECK(stream.batches() == 3);
  std::size_t next = 0;
  while (const auto batch = stream.next()) {
    for (std::int64_t k = 0; k < batch->labels.size(0); ++k) {
      const std::int64_t index = order[next++];
      CHECK(batch->labels[k].item<std::int64_t>() ==
            images.labels[static_cast<std::size_t>(index)]);
      CHECK(batch->images[k].equal(seen(images, index)));
    }
  }
  CHECK(next == order.size());
  CHECK_FALSE(stream.next());
}

TEST_CASE("a stream may begin at a later batch", "[train][stream]") {
  const LabelledImages images = test::some_images(5);
  BatchStream stream(images, {0, 1, 2, 3, 4}, 2, as_it_is, {}, 2);
  const auto last = stream.next();
  REQUIRE(last);
  CHECK(last->images.sizes() == at::IntArrayRef{1, 3, 32, 32});
  CHECK(last->images[0].equal(seen(images, 4)));
  CHECK_FALSE(stream.next());
  BatchStream past(images, {0, 1, 2, 3, 4}, 2, as_it_is, {}, 3);
  CHECK_FALSE(past.next());
}

TEST_CASE("each image is seen as it is asked for", "[train][stream]") {
  const LabelledImages images = test::some_images(3);
  const auto view_of = [](std::int64_t image) {
    return ImageView{image == 1, static_cast<int>(image), -1};
  };
  BatchStream stream(images, {2, 1}, 2, view_of, {at::kCPU, /*channels_last=*/true});
  const auto batch = stream.next();
  REQUIRE(batch);
  CHECK(batch->images[0].equal(seen(images, 2, {false, 2, -1})));
  CHECK(batch->images[1].equal(seen(images, 1, {true, 1, -1})));
  CHECK(batch->images.is_contiguous(at::MemoryFormat::ChannelsLast));
}

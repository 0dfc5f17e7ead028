#include "train/labelled_images.h"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <numeric>

#include "core/hash.h"
#include "core/worker_pool.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

std::size_t image_bytes(const DatasetInfo& info) {
  return static_cast<std::size_t>(info.image.channels) *
         static_cast<std::size_t>(info.image.height) * static_cast<std::size_t>(info.image.width);
}

void require_memory(const DatasetInfo& info, std::size_t images) {
  const auto pages = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES));
  const std::size_t there = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t needed = images * image_bytes(info);
  if (needed < there) return;
  throw RunError(std::to_string(images) + " images of " + info.name + " take " +
                 std::to_string(needed >> 20) + " MiB, this machine has " +
                 std::to_string(there >> 20) +
                 "; use fewer with --train-images, or smaller ones with --image-size");
}

}  // namespace

std::span<const std::uint8_t> LabelledImages::image(std::int64_t index) const {
  const std::size_t bytes = image_bytes(info);
  return std::span(pixels).subspan(static_cast<std::size_t>(index) * bytes, bytes);
}

std::string LabelledImages::sha256() const {
  const auto [channels, height, width] = info.image;
  return Sha256()
      .update(std::to_string(size()) + "x" + std::to_string(channels) + "x" +
              std::to_string(height) + "x" + std::to_string(width))
      .update(std::as_bytes(std::span(pixels)))
      .update(std::as_bytes(std::span(labels)))
      .hex();
}

LabelledImages read_images(const Dataset& dataset, const std::vector<std::int64_t>& indices,
                           int workers, const std::function<void()>& stop_point) {
  constexpr std::size_t images_a_task = 256;
  const std::size_t bytes = image_bytes(dataset.info());
  require_memory(dataset.info(), indices.size());
  LabelledImages read{.info = dataset.info(),
                      .pixels = std::vector<std::uint8_t>(indices.size() * bytes),
                      .labels = std::vector<std::int64_t>(indices.size())};
  WorkerPool pool(workers, [] {});
  std::vector<std::future<void>> parts;
  for (std::size_t start = 0; start < indices.size(); start += images_a_task) {
    parts.push_back(pool.submit([&, start] {
      for (std::size_t k = start; k < std::min(start + images_a_task, indices.size()); ++k) {
        read.labels[k] = dataset.read(indices[k], std::span(read.pixels).subspan(k * bytes, bytes));
      }
    }));
  }
  for (std::future<void>& part : parts) {
    if (stop_point) stop_point();
    part.get();
  }
  return read;
}

ImageParts draw_parts(std::int64_t size, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(size));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Rng rng(seed);
  rng.shuffle(all);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(all.begin(), middle);
  std::sort(middle, all.end());
  return {{all.begin(), middle}, {middle, all.end()}};
}

}  // namespace wrcor

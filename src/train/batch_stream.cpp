#include "train/batch_stream.h"

#include <algorithm>

namespace wrcor {

BatchStream::BatchStream(const LabelledImages& images, std::vector<std::int64_t> order,
                         int batch_size, ViewOf view_of, Placement placement, std::int64_t first)
    : images_(images),
      order_(std::move(order)),
      batch_size_(batch_size),
      view_of_(std::move(view_of)),
      placement_(placement),
      next_(first),
      maker_(1, [] {}) {
  prepare_next();
}

BatchStream::~BatchStream() = default;

std::int64_t BatchStream::batches() const {
  return (static_cast<std::int64_t>(order_.size()) + batch_size_ - 1) / batch_size_;
}

std::optional<LabelledBatch> BatchStream::next() {
  if (next_ >= batches()) return std::nullopt;
  LabelledBatch batch = made_.get();
  ++next_;
  prepare_next();
  // From pinned memory, the copy overlaps with the computation; libtorch keeps the memory until
  // then.
  batch.images = batch.images.to(placement_.device, /*non_blocking=*/true);
  batch.labels = batch.labels.to(placement_.device, /*non_blocking=*/true);
  return batch;
}

void BatchStream::prepare_next() {
  if (next_ < batches()) made_ = maker_.submit([this, number = next_] { return make(number); });
}

LabelledBatch BatchStream::make(std::int64_t number) const {
  const std::int64_t start = number * batch_size_;
  const std::int64_t size = std::min(batch_size_, static_cast<std::int64_t>(order_.size()) - start);
  const auto [channels, height, width] = images_.info.image;
  const bool pinned = placement_.device.is_cuda();
  const auto on_host = at::TensorOptions().pinned_memory(pinned);
  LabelledBatch batch{at::empty({size, channels, height, width}, on_host.dtype(at::kFloat)),
                      at::empty({size}, on_host.dtype(at::kLong))};
  const auto values = static_cast<std::size_t>(batch.images.stride(0));
  auto* image = batch.images.data_ptr<float>();
  auto* label = batch.labels.data_ptr<std::int64_t>();
  for (std::int64_t k = 0; k < size; ++k) {
    const std::int64_t index = order_[static_cast<std::size_t>(start + k)];
    write_view(images_.info, images_.image(index), view_of_(index), {image, values});
    image += values;
    *label++ = images_.labels[static_cast<std::size_t>(index)];
  }
  if (placement_.channels_last) {  // pinned as well
    batch.images = at::empty(batch.images.sizes(), batch.images.options().pinned_memory(pinned),
                             at::MemoryFormat::ChannelsLast)
                       .copy_(batch.images);
  }
  return batch;
}

}  // namespace wrcor

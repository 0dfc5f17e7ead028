#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <vector>

#include "core/worker_pool.h"
#include "minibatch/augmentation.h"
#include "train/labelled_images.h"

namespace wrcor {

/// Device of batches, and their memory order.
struct Placement {
  at::Device device = at::kCPU;
  bool channels_last = false;
};

struct LabelledBatch {
  at::Tensor images;  ///< [N, 3, H, W] float32, normalised
  at::Tensor labels;  ///< [N] int64
};

/// The batches of images in a given order. While one is used, the object's own thread prepares the
/// next.
class BatchStream {
 public:
  /// The view of an image. @param image  its index in the images
  using ViewOf = std::function<ImageView(std::int64_t image)>;

  /// @param images  outlive the object
  /// @param order   indices of images; the last batch has the remaining ones
  /// @param first   number of the first batch, from 0
  BatchStream(const LabelledImages& images, std::vector<std::int64_t> order, int batch_size,
              ViewOf view_of, Placement placement, std::int64_t first = 0);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  /// Of the whole order.
  std::int64_t batches() const;
  /// The next batch, on the device; nothing after the last.
  std::optional<LabelledBatch> next();

 private:
  LabelledBatch make(std::int64_t number) const;
  void prepare_next();

  const LabelledImages& images_;
  std::vector<std::int64_t> order_;
  std::int64_t batch_size_;
  ViewOf view_of_;
  Placement placement_;
  std::int64_t next_;  ///< number of the batch that is being made
  std::future<LabelledBatch> made_;
  WorkerPool maker_;  ///< last: it uses the others
};

}  // namespace wrcor

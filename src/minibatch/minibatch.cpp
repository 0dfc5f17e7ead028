#include "minibatch/minibatch.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <sstream>
#include <vector>

#include "core/counted.h"
#include "core/hash.h"
#include "minibatch/augmentation.h"
#include "minibatch/tensor_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensor bytes are hashed as they lie in memory");

constexpr int smallest_batch = 2;

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

std::span<const std::byte> bytes_of(const at::Tensor& contiguous) {
  return {static_cast<const std::byte*>(contiguous.data_ptr()), contiguous.nbytes()};
}

Minibatch finished(Minibatch batch) {
  batch.images = batch.images.contiguous();
  batch.labels = batch.labels.contiguous();
  batch.sha256 = Sha256()
                     .update(shape_text(batch.images))
                     .update(bytes_of(batch.images))
                     .update(bytes_of(batch.labels))
                     .hex();
  return batch;
}

std::vector<std::int64_t> shuffled_indices(std::int64_t size, Rng& rng) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(size));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  rng.shuffle(indices);
  return indices;
}

/// Required form of an entry of a loaded minibatch.
struct EntryForm {
  std::string name;
  std::int64_t rank;
  bool (*has_type)(at::ScalarType type);
  std::string words;
};

bool is_float(at::ScalarType type) { return type == at::kFloat; }
bool is_integer(at::ScalarType type) { return at::isIntegralType(type, /*includeBool=*/false); }

const at::Tensor& take(const std::string& file, const std::map<std::string, at::Tensor>& tensors,
                       const EntryForm& form) {
  const auto found = tensors.find(form.name);
  if (found == tensors.end()) {
    throw DataError(file + ": found no '" + form.name + "', expected " + form.words);
  }
  const at::Tensor& tensor = found->second;
  if (form.has_type(tensor.scalar_type()) && tensor.dim() == form.rank) return tensor;
  const bool is_raw_image = form.rank == 4 && tensor.scalar_type() == at::kByte;
  throw DataError(file + ": found '" + form.name + "' of shape " + shape_text(tensor) +
                  " and type " + c10::toString(tensor.scalar_type()) + ", expected " + form.words +
                  (is_raw_image ? "; normalise them: (images.float() / 255 - mean) / std, with the "
                                  "mean and deviation of each channel as [1, 3, 1, 1]"
                                : ""));
}

void check_images(const std::string& file, const at::Tensor& images) {
  if (images.size(0) < smallest_batch || images.size(1) != 3 || images.size(2) < 1 ||
      images.size(3) < 1) {
    throw DataError(file + ": found 'images' of shape " + shape_text(images) +
                    ", expected [N, 3, H, W] with N of " + std::to_string(smallest_batch) +
                    " or more, H and W positive");
  }
  const at::Tensor broken = at::isfinite(images).logical_not().flatten(1).any(1);
  if (broken.any().item<bool>()) {
    throw DataError(file + ": found NaN or infinity in 'images', image " +
                    std::to_string(broken.to(at::kInt).argmax().item<std::int64_t>()) +
                    ", expected finite numbers");
  }
}

void check_labels(const std::string& file, const at::Tensor& labels, std::int64_t images) {
  if (labels.size(0) != images) {
    throw DataError(file + ": found " + counted(labels.size(0), "label") + ", expected " +
                    std::to_string(images) + ", one for each image");
  }
  if (const auto least = labels.min().item<std::int64_t>(); least < 0) {
    throw DataError(file + ": found the label " + std::to_string(least) + ", expected 0 or more");
  }
}

}  // namespace

Minibatch draw_minibatch(const Dataset& dataset, int batch_size, bool augment, std::uint64_t seed) {
  const DatasetInfo& info = dataset.info();
  if (batch_size < smallest_batch || batch_size > dataset.size()) {
    throw UsageError("batch size " + std::to_string(batch_size) + ": expected " +
                     std::to_string(smallest_batch) + " to " + std::to_string(dataset.size()) +
                     ", the number of images of " + info.name + "; set it by --batch-size");
  }
  const auto [channels, height, width] = info.image;
  Minibatch batch{.images = at::empty({batch_size, channels, height, width}, at::kFloat),
                  .labels = at::empty({batch_size}, at::kLong),
                  .dataset = info.name,
                  .sha256 = {}};
  auto* image = batch.images.data_ptr<float>();
  auto* label = batch.labels.data_ptr<std::int64_t>();
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(channels * height * width));
  Rng rng(seed);
  std::size_t drawn = 0;
  const auto add = [&](std::int64_t of) {
    const ImageView view = augment ? draw_view(rng, info.crop_padding) : ImageView{};
    write_view(info, pixels, view, {image + drawn * pixels.size(), pixels.size()});
    label[drawn++] = of;
  };
  std::set<std::string> contents;
  std::vector<std::int64_t> copies;
  const auto wanted = static_cast<std::size_t>(batch_size);
  for (const std::int64_t index : shuffled_indices(dataset.size(), rng)) {
    if (drawn == wanted) break;
    const std::int64_t of = dataset.read(index, pixels);
    if (contents.insert(Sha256().update(std::as_bytes(std::span(pixels))).hex()).second) {
      add(of);
    } else {
      copies.push_back(index);
    }
  }
  for (const std::int64_t index : copies) {
    if (drawn == wanted) break;
    const std::int64_t of = dataset.read(index, pixels);
    add(of);
  }
  return finished(std::move(batch));
}

std::optional<std::pair<std::int64_t, std::int64_t>> equal_images(const Minibatch& batch) {
  std::map<std::string, std::int64_t> first;
  for (std::int64_t n = 0; n < batch.images.size(0); ++n) {
    const std::string content = Sha256().update(bytes_of(batch.images[n])).hex();
    const auto [known, added] = first.emplace(content, n);
    if (!added) return std::pair(known->second, n);
  }
  return std::nullopt;
}

Minibatch load_minibatch(const std::filesystem::path& path) {
  return make_minibatch(load_tensor_file(path), path.string());
}

Minibatch make_minibatch(const std::map<std::string, at::Tensor>& tensors,
                         const std::string& file) {
  Minibatch batch;
  batch.dataset = "file";
  batch.images =
      take(file, tensors, {"images", 4, is_float, "'images' [N, 3, H, W] float32, normalised"});
  batch.labels =
      take(file, tensors, {"labels", 1, is_integer, "'labels' [N] of integers"}).to(at::kLong);
  check_images(file, batch.images);
  check_labels(file, batch.labels, batch.images.size(0));
  return finished(std::move(batch));
}

}  // namespace wrcor

#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "wrcor/data/dataset.h"

namespace wrcor {

/// The labelled images that all networks of a run are scored on.
struct Minibatch {
  at::Tensor images;    ///< [N, 3, H, W] float32 on the CPU, contiguous, normalised
  at::Tensor labels;    ///< [N] int64 on the CPU
  std::string dataset;  ///< name of the data set; "file" for a loaded minibatch
  std::string sha256;   ///< of shape, image and label bytes (little endian), not of the origin
};

/// Draws N different images (equal ones only if there are too few others), and optionally augments
/// each: a horizontal flip with probability 1/2, then black padding on each side and a uniform
/// random crop back to the image's size. Then (pixel - mean) / deviation. Which images are drawn
/// does not depend on `augment`.
///
/// @param batch_size  N >= 2: scores compare the samples of a minibatch with each other
/// @param seed        of the draw; equal seeds give equal bytes on every platform
/// @throws UsageError when N is out of range; DataError when an image cannot be read
/// Source: the minibatches of the published NAS-Bench-201 code.
Minibatch draw_minibatch(const Dataset& dataset, int batch_size, bool augment, std::uint64_t seed);

/// The first two positions, from 0, with equal images; nothing when all differ.
std::optional<std::pair<std::int64_t, std::int64_t>> equal_images(const Minibatch& batch);

/// Reads a minibatch that Python wrote with `torch.save({"images": ..., "labels": ...}, path)`:
/// images [N, 3, H, W] float32, already normalised, and labels [N], integers of any width, N >= 2.
/// Other keys are ignored.
/// @throws DataError, one line, when the file is missing or is anything else
Minibatch load_minibatch(const std::filesystem::path& path);

/// The same from the tensors of such a file. @param file  for messages
Minibatch make_minibatch(const std::map<std::string, at::Tensor>& tensors, const std::string& file);

}  // namespace wrcor

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "wrcor/data/dataset.h"

namespace wrcor {

/// Images of a data set, decoded once and kept in memory, one byte per value.
struct LabelledImages {
  DatasetInfo info;
  std::vector<std::uint8_t> pixels;  ///< image by image, each as Dataset::read() returns it
  std::vector<std::int64_t> labels;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::span<const std::uint8_t> image(std::int64_t index) const;
  /// SHA-256 of shape, pixels and labels.
  std::string sha256() const;
};

/// Reads the images of these indices, on several threads.
///
/// @param workers     threads
/// @param stop_point  called regularly; may throw to give up. Empty: nothing is called
/// @throws DataError when an image cannot be read; RunError when they do not fit into memory
LabelledImages read_images(const Dataset& dataset, const std::vector<std::int64_t>& indices,
                           int workers, const std::function<void()>& stop_point = {});

/// The images 0 to size - 1 in two parts, each in rising order.
struct ImageParts {
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> second;
};

/// Draws `count` of the images for the first part; the same seed draws the same ones.
/// @param count  0 <= count <= size
ImageParts draw_parts(std::int64_t size, std::int64_t count, std::uint64_t seed);

}  // namespace wrcor

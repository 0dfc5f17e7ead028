#pragma once

#include <array>
#include <span>
#include <string_view>

#include "score/published.h"

namespace wrcor {

/// A search on NAS-Bench-201 as its publication reports it: a quotation; this program did not run
/// it.
struct PublishedSearch {
  std::string_view name;
  /// Trains one network that contains all cells, which no table of trained cells can replace.
  bool weight_sharing = false;
  /// Mean test accuracy in percent, in the order of published_datasets.
  std::array<double, published_datasets.size()> accuracies;
  std::string_view source;
};

/// In the order of the publication.
std::span<const PublishedSearch> published_searches();

}  // namespace wrcor

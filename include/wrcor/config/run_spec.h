#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/core/random.h"
#include "wrcor/data/dataset.h"
#include "wrcor/score/ranking_rule.h"
#include "wrcor/search/search_spec.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// What a command works on: a configuration and all that follows from it.
struct RunSpec {
  Config config;  ///< as the user wrote it, which is what records keep
  DatasetInfo data;
  std::shared_ptr<const SearchSpace> space;  ///< sized for the images of the data set
  RankingRule rule;
  std::vector<std::string> proxies;  ///< that are computed
  Seeds seeds;
  SearchSpec search;
};

/// Resolves a configuration; a command does so once, as soon as it has one.
/// @throws UsageError, DataError for a data set of which too little is known, and for images that
///         the space does not take
RunSpec resolve(const Config& config);
/// The same for a data set of which this is known, and nothing else is looked up.
RunSpec resolve(const Config& config, const DatasetInfo& data);

/// The space of a run for images of another size.
/// @throws UsageError
std::shared_ptr<const SearchSpace> space_for(const RunSpec& spec, const ImageSize& image);

}  // namespace wrcor

#pragma once

#include <filesystem>

#include "wrcor/config/config.h"
#include "wrcor/data/dataset.h"
#include "wrcor/data/download.h"

namespace wrcor {

/// Ensures that a data set is in the cache folder; see fetch().
/// @return its folder
/// @throws DataError, RunError; Interrupted after a signal; received data are kept
std::filesystem::path fetch_data(const DataSource& source, const Config& config,
                                 const DownloadSink& progress);

}  // namespace wrcor

#pragma once

#include <filesystem>

#include "wrcor/config/config.h"
#include "wrcor/data/download.h"
#include "wrcor/data/source.h"

namespace wrcor {

/// Makes sure that a data set is in the cache folder; see fetch().
/// @return its folder
/// @throws DataError, RunError; Interrupted after a signal, when what has arrived is kept
std::filesystem::path fetch_data(const DataSource& source, const Config& config,
                                 const DownloadSink& progress);

}  // namespace wrcor

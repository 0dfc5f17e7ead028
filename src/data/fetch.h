#pragma once

#include <filesystem>
#include <string>

#include "wrcor/data/dataset.h"
#include "wrcor/data/download.h"

namespace wrcor {

struct FetchOptions {
  std::string mirror;  ///< URL of a folder that has the archive; empty: the source's own
  DownloadOptions download;
};

/// Ensures that a data set is in a folder of the cache: downloads and checks its archive, and moves
/// the unpacked folder into place in one step. If several processes ask for it, one does the work
/// while the others wait.
///
/// @param cache  is created if necessary
/// @return the data set's folder
/// @throws DataError when the archive cannot be obtained, differs from its known size or checksum,
///         or something else is at the folder's path; RunError when the cache cannot be written;
///         whatever `stop_point` throws; received data are kept for the next attempt
std::filesystem::path fetch(const DataSource& source, const std::filesystem::path& cache,
                            const FetchOptions& options);

/// The file that receives a download; it remains after a failed one.
std::filesystem::path partial_download(const DataSource& source,
                                       const std::filesystem::path& cache);

}  // namespace wrcor

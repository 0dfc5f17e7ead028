#pragma once

#include <filesystem>
#include <string>

#include "wrcor/data/download.h"
#include "wrcor/data/source.h"

namespace wrcor {

struct FetchOptions {
  std::string mirror;  ///< URL of a folder that has the archive; empty: the source's own
  DownloadOptions download;
};

/// Makes sure that a data set lies in a folder of the cache: downloads and checks its archive, and
/// moves the unpacked folder into place in one step. Of several processes that ask for it one does
/// the work while the others wait.
///
/// @param cache  is created if need be
/// @return the data set's folder
/// @throws DataError when the archive cannot be had, differs from what is known of it, or something
///         else is where the folder belongs; RunError when the cache cannot be written; whatever
///         `stop_point` throws, which leaves what has arrived for the next time
std::filesystem::path fetch(const DataSource& source, const std::filesystem::path& cache,
                            const FetchOptions& options);

/// The file that a download is collected in, which exists after one that did not end well.
std::filesystem::path partial_download(const DataSource& source,
                                       const std::filesystem::path& cache);

}  // namespace wrcor

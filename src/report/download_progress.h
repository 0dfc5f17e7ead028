#pragma once

#include <string>

#include "wrcor/data/download.h"

namespace wrcor {

/// One line of progress: "45.2/170.1 MB  27%  5.3 MB/s  left 24s".
/// @param seconds  since the start of this session
std::string format_download(const DownloadState& state, double seconds);

/// Shows the progress of a download on standard error, like Progress for a search. The line ends
/// with the last copy of the sink.
DownloadSink download_progress();

}  // namespace wrcor

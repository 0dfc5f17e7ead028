#include "run/data_fetch.h"

#include "data/cache_folder.h"
#include "data/fetch.h"
#include "run/interrupt.h"

namespace wrcor {

std::filesystem::path fetch_data(const DataSource& source, const Config& config,
                                 const DownloadSink& progress) {
  const InterruptGuard guard;
  FetchOptions options;
  options.mirror = config.data.mirror;
  options.download.progress = progress;
  options.download.stop_point = [&source] {
    if (InterruptGuard::signal() == 0) return;
    throw Interrupted(InterruptGuard::signal(),
                      "interrupted while " + source.title +
                          " was fetched; the received part is kept; the same command continues");
  };
  return fetch(source, cache_folder(), options);
}

}  // namespace wrcor

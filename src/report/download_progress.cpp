#include "report/download_progress.h"

#include <spdlog/fmt/fmt.h>

#include <memory>

#include "report/progress_line.h"

namespace wrcor {
namespace {

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

double share_of(const DownloadState& state) {
  return state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0;
}

}  // namespace

std::string format_download(const DownloadState& state, double seconds) {
  std::string text = fmt::format("{:.1f}/{:.1f} MB {:3.0f}%", megabytes(state.done),
                                 megabytes(state.total), 100 * share_of(state));
  const double arrived = megabytes(state.done - state.resumed);
  if (arrived > 0 && seconds > 0) {
    const double rate = arrived / seconds;
    text += fmt::format("  {:.1f} MB/s", rate);
    text += "  left " + duration_text(megabytes(state.total - state.done) / rate);
  }
  return text;
}

DownloadSink download_progress() {
  return [line = std::make_shared<ProgressLine>()](const DownloadState& state) {
    if (line->is_due(state.done == state.total)) {
      line->show(format_download(state, line->seconds()), share_of(state));
    }
  };
}

}  // namespace wrcor

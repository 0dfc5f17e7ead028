#include "report/progress.h"

#include <spdlog/fmt/fmt.h>

#include "report/sparkline.h"

namespace wrcor {
namespace {

double share_of(const ProgressState& state) {
  return state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0;
}

std::string course_of(const std::vector<double>& bests) {
  constexpr std::size_t columns = 16;
  return bests.size() < 2 ? "" : sparkline(bests, columns);
}

}  // namespace

std::string format_progress(const ProgressState& state, double seconds) {
  const double share = share_of(state);
  std::string text = state.stage.empty() ? "" : state.stage + " ";
  text += fmt::format("{}/{} {:3.0f}%", state.done, state.total, 100 * share);
  if (state.evaluated > 0 && seconds > 0) {
    text += fmt::format("  {:.1f}/s", static_cast<double>(state.evaluated) / seconds);
    // Duplicates cost nothing, so the time left follows from the rate of proposals, not of
    // evaluations.
    const auto settled = static_cast<double>(state.done - state.replayed);
    if (state.seconds_left) {
      text += "  left " + duration_text(*state.seconds_left);
    } else if (settled > 0) {
      text += "  left " +
              duration_text(seconds * static_cast<double>(state.total - state.done) / settled);
    }
  }
  if (state.best) text += fmt::format("  best {:.4f}", *state.best);
  return text;
}

std::string format_progress_bar(const ProgressState& state, double seconds, int columns,
                                const std::vector<double>& bests) {
  return with_bar(format_progress(state, seconds), share_of(state), columns, course_of(bests));
}

void Progress::update(const ProgressState& state) {
  if (!state.stage.empty()) bests_.clear();
  if (state.best) bests_.resize(static_cast<std::size_t>(state.done), *state.best);
  if (line_.is_due(state.done == state.total))
    line_.show(format_progress(state, line_.seconds()), share_of(state), course_of(bests_));
}

}  // namespace wrcor

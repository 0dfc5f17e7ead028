#include "record/run_directory.h"

#include <algorithm>

#include "core/file.h"
#include "record/journal.h"
#include "wrcor/core/error.h"

namespace wrcor {

bool RunDirectory::holds_run() const { return Journal::is_begun(journal()); }

bool TrainingDirectory::holds_run() const { return file_exists(checkpoint()); }

void TrainingDirectory::require_run() const {
  if (holds_run()) return;
  throw UsageError("'" + path.string() +
                   "' holds no training to resume; start one without --resume");
}

void require_no_file_of_run(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const std::filesystem::path found = folder / file.filename();
  const auto is_of = [&](const auto& directory) {
    const auto files = directory.files();
    return std::ranges::find(files, found) != files.end();
  };
  const RunDirectory run{folder};
  const TrainingDirectory training{folder};
  const bool is_of_run = is_of(run) && (run.holds_run() || file_exists(run.result()));
  if (is_of_run || (is_of(training) && training.holds_run())) {
    throw UsageError("'" + file.string() + "' belongs to the run in '" + folder.string() +
                     "', which would be lost; choose another --out");
  }
}

}  // namespace wrcor

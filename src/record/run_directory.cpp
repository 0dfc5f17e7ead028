#include "record/run_directory.h"

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

}  // namespace wrcor

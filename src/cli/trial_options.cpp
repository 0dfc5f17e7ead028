#include "trial_options.h"

#include "record/run_directory.h"
#include "record/run_folder.h"

namespace wrcor::cli {
namespace {

/// Keeps the only setting of a run that may change from being reset by a file that does not contain
/// it.
void keep_budget(ConfigSources& sources, const RunDirectory& directory) {
  ConfigSources recorded;
  take_recorded_settings(recorded, directory.config());
  const auto budget = load_config(recorded).search.budget;
  if (budget) sources.defaults["search.budget"] = std::to_string(*budget);
}

}  // namespace

RunSpec read_trial_spec(const TrialOptions& options) {
  ConfigSources sources = options.sources;
  require_place_of_folder(options.folder);
  const RunDirectory directory{options.folder};
  if (directory.holds_run()) {
    if (sources.file) {
      keep_budget(sources, directory);
    } else {
      continue_with_settings(sources, directory.config());
    }
  }
  return resolve(load_config(sources));
}

std::vector<std::filesystem::path> files_of(const TrialOptions& options) {
  return RunDirectory{options.folder}.files();
}

}  // namespace wrcor::cli

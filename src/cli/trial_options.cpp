#include "trial_options.h"

#include "record/run_directory.h"

namespace wrcor::cli {
namespace {

/// Lets the settings that are recorded count, and nothing else.
void take_recorded(ConfigSources& sources, const RunDirectory& directory) {
  sources.file = directory.config();
  sources.recorded = true;
  sources.environment.clear();
}

/// The only setting of a run that may change is not reset by a file that does not name it.
void keep_budget(ConfigSources& sources, const RunDirectory& directory) {
  ConfigSources recorded;
  take_recorded(recorded, directory);
  const auto budget = load_config(recorded).search.budget;
  if (budget) sources.defaults["search.budget"] = std::to_string(*budget);
}

}  // namespace

RunSpec read_trial_spec(const TrialOptions& options) {
  ConfigSources sources = options.sources;
  const RunDirectory directory{options.folder};
  if (directory.holds_run()) {
    if (sources.file) {
      keep_budget(sources, directory);
    } else {
      take_recorded(sources, directory);
    }
  }
  return resolve(load_config(sources));
}

std::vector<std::filesystem::path> files_of(const TrialOptions& options) {
  return RunDirectory{options.folder}.files();
}

}  // namespace wrcor::cli

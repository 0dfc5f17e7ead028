#include "trial_options.h"

#include "record/run_directory.h"

namespace wrcor::cli {

RunSpec read_trial_spec(const TrialOptions& options) {
  ConfigSources sources = options.sources;
  const RunDirectory directory{options.folder};
  if (!sources.file && directory.holds_run()) {
    sources.file = directory.config();
    sources.recorded = true;
    sources.environment.clear();  // the run's own settings count
  }
  return resolve(load_config(sources));
}

std::vector<std::filesystem::path> files_of(const TrialOptions& options) {
  return RunDirectory{options.folder}.files();
}

}  // namespace wrcor::cli

#include "trial_options.h"

#include "record/run_directory.h"
#include "record/run_folder.h"

namespace wrcor::cli {

RunSpec read_trial_spec(const TrialOptions& options) {
  ConfigSources sources = options.sources;
  require_place_of_folder(options.folder);
  const RunDirectory directory{options.folder};
  if (!sources.file && directory.holds_run()) take_recorded_settings(sources, directory.config());
  return resolve(load_config(sources));
}

std::vector<std::filesystem::path> files_of(const TrialOptions& options) {
  return RunDirectory{options.folder}.files();
}

}  // namespace wrcor::cli

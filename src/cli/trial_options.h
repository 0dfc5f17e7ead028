#pragma once

#include <string>

#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"

namespace wrcor::cli {

/// Options that name a run whose trials another program trains, for `wrcor ask` and `wrcor tell`.
struct TrialOptions {
  ConfigSources sources;
  std::string folder;
};

/// The settings of the run: those that its folder records, if it holds a run, else those of the
/// sources. Flags override both.
RunSpec read_trial_spec(const TrialOptions& options);

/// The files that the run writes.
std::vector<std::filesystem::path> files_of(const TrialOptions& options);

}  // namespace wrcor::cli

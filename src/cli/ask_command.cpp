#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "core/counted.h"
#include "options.h"
#include "output.h"
#include "record/run_identity.h"
#include "record/search_result.h"
#include "record/trial_run.h"
#include "trial_options.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

struct AskOptions {
  TrialOptions run;
  int n = 1;
  bool only_new = false;
  bool only_awaited = false;
};

/// The settings that proposals and the costs of networks depend on, and the budget.
std::vector<std::string> settings_of_proposals() {
  std::vector<std::string> keys{"space", "data.name", "data.root", "data.image_size"};
  for (const Setting& setting : settings()) {
    const bool of_proposals = setting.key == "search.budget" || guides_proposals(setting);
    if (setting.section() == "search" && of_proposals) keys.push_back(setting.key);
  }
  keys.insert(keys.end(), {"constraints", "run.seed"});
  return keys;
}

std::string trial_line(const Trial& trial, const SearchSpace& space) {
  const Costs costs = space.costs(space.parse(trial.arch));
  return nlohmann::ordered_json{{"id", trial.id},
                                {"arch", trial.arch},
                                {"params", costs.params},
                                {"flops", costs.flops}}
             .dump() +
         "\n";
}

/// With a strategy that does not learn, any number of trials can be awaited.
void require_use_of_window(const RunSpec& spec, const ConfigSources& sources) {
  if (sources.flags.contains("search.window") &&
      !spec.search.make_strategy(*spec.space)->learns()) {
    throw UsageError("--window: has no effect, because the strategy " +
                     in_quotes(spec.search.strategy) +
                     " does not learn from outcomes; leave it out");
  }
}

/// What one call prints.
struct Answer {
  std::string lines;
  std::string shortage;  ///< why there are fewer trials than were asked for; empty: there are not
};

std::string shortage_of(TrialRun& run) {
  if (const auto end = run.ended_by()) {
    return fmt::format("the search has ended ({}): {} led to {}, all have an outcome",
                       to_string(*end), counted(run.course().counts().asked, "proposal"),
                       counted(run.records().asked.size(), "trial"));
  }
  return fmt::format("nothing more can be proposed yet: the outcomes of {} are awaited",
                     counted(run.awaited(), "trial"));
}

/// Locks the folder only until it returns: the reader of the trials may call tell while they are
/// printed.
Answer answer(const AskOptions& options) {
  const RunDirectory directory{options.run.folder};
  if (options.only_awaited && !directory.holds_run())
    throw UsageError("'" + options.run.folder + "' holds no trials yet; ask without --awaited");
  TrialRun run(directory, [&] {
    RunSpec spec = read_trial_spec(options.run);
    require_use_of_window(spec, options.run.sources);
    return spec;
  });
  const auto most = static_cast<std::size_t>(options.n);
  const std::vector<Trial> trials =
      options.only_awaited ? run.awaited_trials(most) : run.ask(most, options.only_new);
  Answer result;
  for (const Trial& trial : trials) result.lines += trial_line(trial, *run.spec().space);
  if (trials.size() < most && !options.only_awaited) result.shortage = shortage_of(run);
  return result;
}

void run_ask(const AskOptions& options) {
  const Answer found = answer(options);
  write_output(found.lines);
  if (!found.shortage.empty()) spdlog::info("{}", found.shortage);
}

}  // namespace

void setup_ask(CLI::App& command) {
  auto options = std::make_shared<AskOptions>();
  command
      .add_option("folder", options->run.folder,
                  "folder of the run; settings are given at the first call and recorded there")
      ->required()
      ->type_name("DIR");
  add_whole_number(command, "--n", options->n, 1, 100'000, "trials to print, if there are as many");
  CLI::Option* only_new =
      command.add_flag("--new", options->only_new,
                       "only trials that no earlier call printed, for several programs that train");
  command
      .add_flag("--awaited", options->only_awaited,
                "only trials that were printed and have no outcome; adds none")
      ->excludes(only_new);
  add_settings(command, settings_of_proposals(), options->run.sources);
  set_example(command,
              "wrcor ask runs/trained --n 4 --space nb201 --strategy evolution --budget 100");
  set_action(
      command, [options] { run_ask(*options); }, [options] { return files_of(options->run); });
}

}  // namespace wrcor::cli

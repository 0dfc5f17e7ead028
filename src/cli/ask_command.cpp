#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "options.h"
#include "output.h"
#include "record/search_result.h"
#include "record/trial_run.h"
#include "trial_options.h"
#include "wrcor/config/settings.h"

namespace wrcor::cli {
namespace {

struct AskOptions {
  TrialOptions run;
  int n = 1;
  bool only_new = false;
};

/// Those that proposals and the costs of networks depend on.
std::vector<std::string> settings_of_proposals() {
  std::vector<std::string> keys{"space", "data.name", "data.root", "data.image_size"};
  for (const Setting& setting : settings()) {
    const bool of_evaluations =
        setting.key == "search.max_seconds" || setting.key == "search.refine";
    if (setting.section() == "search" && !of_evaluations) keys.push_back(setting.key);
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

/// Why there are fewer trials than were asked for.
void report_shortage(TrialRun& run) {
  if (const auto end = run.ended_by()) {
    spdlog::info("the search has ended ({}): {} proposals led to {} trials, all have an outcome",
                 to_string(*end), run.course().counts().asked, run.records().asked.size());
  } else {
    spdlog::info("nothing more can be proposed yet: the outcomes of {} trials are awaited",
                 run.awaited());
  }
}

void run_ask(const AskOptions& options) {
  const RunSpec spec = read_trial_spec(options.run);
  TrialRun run(spec, {options.run.folder});
  const auto most = static_cast<std::size_t>(options.n);
  const std::vector<Trial> trials = run.ask(most, options.only_new);
  std::string lines;
  for (const Trial& trial : trials) lines += trial_line(trial, *spec.space);
  write_output(lines);
  if (trials.size() < most) report_shortage(run);
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
  command.add_flag("--new", options->only_new,
                   "only trials that no earlier call printed, for several programs that train");
  add_settings(command, settings_of_proposals(), options->run.sources);
  set_example(command,
              "wrcor ask runs/trained --n 4 --space nb201 --strategy evolution --budget 100");
  set_action(
      command, [options] { run_ask(*options); }, [options] { return files_of(options->run); });
}

}  // namespace wrcor::cli

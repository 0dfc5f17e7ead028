#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "options.h"
#include "record/run_directory.h"

namespace wrcor::cli {

void setup_search(CLI::App& command, const Run<SearchOptions>& run) {
  auto options = std::make_shared<SearchOptions>();
  add_settings(command, {"space", "data", "score", "search", "constraints", "run"},
               options->sources);
  add_path(command, "--out", options->out, "DIR",
           "folder of the run (default runs/<time>-<space>-<strategy>-seed<seed>)");
  command.add_flag("--resume", options->resume, "continue the run in --out, with its own settings");
  command.add_flag("--dry-run", options->dry_run,
                   "print the effective configuration and the work, and stop");
  add_whole_number(command, "--top", options->top, 1, 999'999'999,
                   "rows of the ranking on standard output");
  add_choice(command, "--format", options->format, {"table", "json", "csv"},
             "form of the ranking on standard output");
  set_example(command, "wrcor search --space " + Config().space.name +
                           " --budget 300 --seed 1 --out runs/first");
  set_action(
      command, [options, run] { run(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};  // a new folder
        return RunDirectory{options->out}.files();
      });
}

}  // namespace wrcor::cli

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "core/counted.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text_file.h"
#include "options.h"
#include "record/search_result.h"
#include "record/trial_run.h"
#include "trial_options.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

struct TellOptions {
  TrialOptions run;
  std::string file = "-";
};

std::string name_of_input(const std::string& file) {
  return file == "-" ? "standard input" : in_quotes(file);
}

/// @throws DataError with the place of anything that is not an outcome
std::vector<TrialOutcome> read_outcomes(const std::string& file) {
  const bool is_standard_input = file == "-";
  InputFile opened = is_standard_input ? standard_input() : open_to_read(file);
  LineReader lines(opened, is_standard_input ? "standard input" : file);
  std::vector<TrialOutcome> outcomes;
  while (lines.next()) {
    if (lines.line().find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      outcomes.push_back(trial_outcome_from_json(parse_json(lines.line())));
    } catch (const UsageError& error) {
      throw DataError(lines.place() + ": " + error.what());
    } catch (const JsonError& error) {
      throw DataError(lines.place() + ": " + error.what() +
                      R"(; a training without a finite fitness is {"id": N, "failed": "REASON"})");
    }
  }
  return outcomes;
}

void run_tell(const TellOptions& options) {
  const RunDirectory directory{options.run.folder};
  if (!directory.holds_run()) {
    throw UsageError("'" + options.run.folder + "' holds no trials; ask for some with wrcor ask");
  }
  const std::vector<TrialOutcome> outcomes = read_outcomes(options.file);
  if (outcomes.empty()) {
    throw UsageError("no outcome given: expected lines such as " +
                     std::string(R"({"id": 3, "fitness": 0.91})") + " in " +
                     name_of_input(options.file));
  }
  TrialRun run(directory, [&] { return read_trial_spec(options.run); });
  const std::size_t told_before = run.records().told.size();
  run.tell(outcomes);
  const std::size_t told = run.records().told.size() - told_before;
  const auto end = run.ended_by();
  spdlog::info("{} recorded{}, {} awaited{}", counted(told, "outcome"),
               told < outcomes.size() ? ", the others were known" : "", run.awaited(),
               end ? fmt::format("; the search has ended ({})", to_string(*end)) : "");
  spdlog::info("the whole ranking: {}", directory.result().string());
}

}  // namespace

void setup_tell(CLI::App& command) {
  auto options = std::make_shared<TellOptions>();
  command.add_option("folder", options->run.folder, "folder of a run of wrcor ask")
      ->required()
      ->type_name("DIR");
  add_path(command, "--file", options->file, "FILE",
           R"(JSON lines: {"id": 3, "fitness": 0.91}, higher is better, or )"
           "\n"
           R"({"id": 4, "failed": "out of memory"}; without it, standard input)");
  set_example(command, "wrcor tell runs/trained --file outcomes.jsonl");
  set_action(
      command, [options] { run_tell(*options); }, [options] { return files_of(options->run); });
}

}  // namespace wrcor::cli

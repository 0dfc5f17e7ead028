#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text_file.h"
#include "options.h"
#include "record/search_result.h"
#include "record/trial_run.h"
#include "trial_options.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

struct TellOptions {
  TrialOptions run;
  std::string file = "-";
};

/// @throws DataError with the place of what is no outcome
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
  TrialRun run(directory, [&] { return read_trial_spec(options.run); });
  run.tell(outcomes);
  const auto end = run.ended_by();
  spdlog::info("{} outcomes recorded, {} awaited{}", run.records().told.size(), run.awaited(),
               end ? fmt::format("; the search has ended ({})", to_string(*end)) : "");
  if (!run.records().told.empty())
    spdlog::info("the whole ranking: {}", directory.result().string());
}

}  // namespace

void setup_tell(CLI::App& command) {
  auto options = std::make_shared<TellOptions>();
  command.add_option("folder", options->run.folder, "folder of a run of wrcor ask")
      ->required()
      ->type_name("DIR");
  command
      .add_option("--file", options->file,
                  R"(JSON lines: {"id": 3, "fitness": 0.91}, higher is better, or )"
                  "\n"
                  R"({"id": 4, "failed": "out of memory"}; without it, standard input)")
      ->type_name("FILE");
  set_example(command, "wrcor tell runs/trained --file outcomes.jsonl");
  set_action(
      command, [options] { run_tell(*options); }, [options] { return files_of(options->run); });
}

}  // namespace wrcor::cli

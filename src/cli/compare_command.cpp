#include <memory>
#include <set>
#include <string>

#include "commands.h"
#include "core/file.h"
#include "options.h"
#include "output.h"
#include "record/score_reading.h"
#include "report/difference_report.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

struct CompareOptions {
  std::string first, second;
  double tolerance = 1e-5;
  bool ignore_settings = false;
  std::string format = "table";
};

std::string cannot_compare(const DifferenceReport& report) {
  return "cannot compare " + report.first.file + " and " + report.second.file + ": ";
}

/// Files whose scores have other names do not agree.
void require_common_scores(const DifferenceReport& report) {
  const bool share_architectures =
      report.differences.only_first.size() < report.first.records.size();
  if (share_architectures && report.differences.compared == 0)
    throw UsageError(cannot_compare(report) + "they have no score in common");
}

void run_compare(const CompareOptions& options) {
  for (const std::string& path : {options.first, options.second}) {
    if (!file_exists(path))
      throw UsageError("'" + path + "' does not exist; name a file of scores or a folder");
  }
  DifferenceReport report{
      read_score_records(options.first), read_score_records(options.second), options.tolerance, {}};
  if (const std::string obstacle = obstacle_to_comparison(report.first, report.second);
      !obstacle.empty() && !options.ignore_settings) {
    throw UsageError(cannot_compare(report) + obstacle +
                     "; --ignore-settings compares what both have");
  }
  report.differences = score_differences(report.first, report.second, options.tolerance);
  require_common_scores(report);
  write_output(options.format == "json" ? difference_json(report) : difference_table(report));
  if (!report.differences.none()) {
    throw Error(ExitCode::different, report.first.file + " and " + report.second.file +
                                         " differ: " + difference_summary(report.differences));
  }
}

}  // namespace

void setup_compare(CLI::App& command) {
  auto options = std::make_shared<CompareOptions>();
  for (const auto& [name, target] :
       {std::pair("first", &options->first), std::pair("second", &options->second)}) {
    command
        .add_option(name, *target,
                    "a file of scores, a result.json, or the folder of a finished search")
        ->required()
        ->type_name("PATH");
  }
  add_number(command, "--tolerance", options->tolerance, 0, 1,
             "largest relative difference of scores that agree");
  command.add_flag("--ignore-settings", options->ignore_settings,
                   "compare scores of other settings, and only those that both have");
  add_choice(command, "--format", options->format, {"table", "json"}, "form of the output");
  set_example(command, "wrcor compare runs/stored runs/today --tolerance 1e-6");
  set_action(command, [options] { run_compare(*options); });
}

}  // namespace wrcor::cli

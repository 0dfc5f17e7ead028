#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "benchmark_options.h"
#include "commands.h"
#include "core/counted.h"
#include "core/file.h"
#include "core/utf8.h"
#include "options.h"
#include "report/report_page.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

struct ReportOptions {
  std::vector<std::string> folders;
  std::string out;
  std::string title;
  BenchmarkOptions benchmark;
  std::string training_times;
  std::string training_column;
  std::string searches;
  std::vector<const char*> given_of_tables;  ///< flags that describe the form of tables
  int top = 6;

  std::filesystem::path page() const {
    return out.empty() ? std::filesystem::path(folders.front()) / "report.html"
                       : std::filesystem::path(out);
  }
};

void check(const ReportOptions& options) {
  if (options.folders.size() > 1 && options.out.empty())
    throw UsageError("--out: name the page, as it shows several runs");
  require_distinct(options.benchmark.metrics, "--metric");
  if (options.benchmark.file.empty() && options.training_times.empty()) {
    for (const char* flag : options.given_of_tables)
      throw UsageError(flag + std::string(": has no effect, because no table is read without "
                                          "--benchmark or --training-times; leave it out"));
  }
  std::set<std::filesystem::path> seen;
  for (const std::string& folder : options.folders) {
    std::error_code unknown;  // reading it reports why
    if (!seen.insert(std::filesystem::weakly_canonical(folder, unknown)).second)
      throw UsageError(in_quotes(folder) + " is given twice");
  }
}

/// Only an older page of a report may be replaced.
void require_free(const std::filesystem::path& page) {
  std::error_code unknown;  // writing it reports why
  if (!std::filesystem::exists(page, unknown)) return;
  if (std::filesystem::is_directory(page, unknown))
    throw UsageError("--out: '" + page.string() + "' is a folder; name a file in it");
  std::string start(report_mark.size(), '\0');
  open_to_read(page).read(start.data(), static_cast<std::streamsize>(start.size()));
  if (start != report_mark) {
    throw UsageError("'" + page.string() +
                     "' exists and is not a report; choose another --out, or remove it");
  }
}

std::vector<ReportedRun> read_runs(const std::vector<std::string>& folders) {
  std::vector<std::string> names = run_names({folders.begin(), folders.end()});
  for (std::string& name : names) name = printable(name);
  std::vector<ReportedRun> runs;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    runs.push_back({names[i], read_finished_run(folders[i])});
    const FinishedRun& run = runs.back().run;
    if (!run.value(run.ranking.front()))
      spdlog::warn("no architecture of '{}' has a score by {}", folders[i], run.rule.text());
  }
  return runs;
}

/// The space that all runs have searched, for the names of architectures, whatever the sizes of its
/// networks.
std::unique_ptr<SearchSpace> space_of(const std::vector<ReportedRun>& runs) {
  const auto different =
      std::adjacent_find(runs.begin(), runs.end(), [](const ReportedRun& a, const ReportedRun& b) {
        return a.run.space.name != b.run.space.name ||
               a.run.space.definition != b.run.space.definition;
      });
  if (different != runs.end()) {
    const ReportedRun& next = *std::next(different);
    const bool same_name = different->run.space.name == next.run.space.name;
    throw UsageError("'" + different->name + "' searched the space '" + different->run.space.name +
                     "', '" + next.name + "' the space '" + next.run.space.name + "'" +
                     (same_name ? " with another definition" : "") + "; make a report for each");
  }
  return make_naming_space(runs.front().run.space);
}

/// @param options  that describe the form of tables
FigureTable read_figures(const std::string& file, const std::vector<std::string>& columns,
                         const BenchmarkOptions& options, const SearchSpace& space) {
  return {std::filesystem::path(file).filename().string(), columns,
          BenchmarkTable::read(file, space, BenchmarkKey::parse(options.key),
                               {columns.begin(), columns.end()}, options.missing)};
}

/// Warns of the number of architectures that a table lacks. @throws DataError when it lacks all
void check_coverage(const FigureTable& figures, const std::vector<ReportedRun>& runs) {
  std::set<std::string> archs;
  for (const ReportedRun& reported : runs) {
    for (const auto& row : reported.run.ranking) archs.insert(row.arch);
  }
  for (const std::string& column : figures.columns) {
    const auto covered = static_cast<std::size_t>(std::count_if(
        archs.begin(), archs.end(),
        [&](const std::string& arch) { return figures.value(arch, column).has_value(); }));
    if (covered == 0) {
      throw DataError(figures.file + ": column " + in_quotes(column) + " has no value for any of " +
                      counted(archs.size(), "architecture") + "; is it a table of this space?");
    }
    if (covered < archs.size()) {
      spdlog::warn("{}: column '{}' has a value for {} of {}", figures.file, column, covered,
                   counted(archs.size(), "architecture"));
    }
  }
}

void run_report(const ReportOptions& options) {
  check(options);
  require_free(options.page());
  ReportContent content;
  content.runs = read_runs(options.folders);
  content.top = static_cast<std::size_t>(options.top);
  const auto space = space_of(content.runs);
  content.title = !options.title.empty()     ? options.title
                  : content.runs.size() == 1 ? "Search: " + content.runs.front().name
                                             : std::to_string(content.runs.size()) + " searches";
  const BenchmarkOptions& benchmark = options.benchmark;
  if (!benchmark.file.empty()) {
    content.accuracies = read_figures(benchmark.file, benchmark.metrics, benchmark, *space);
    check_coverage(*content.accuracies, content.runs);
  }
  if (!options.training_times.empty()) {
    content.training =
        read_figures(options.training_times, {options.training_column}, benchmark, *space);
    check_coverage(*content.training, content.runs);
  }
  if (!options.searches.empty()) content.searches = read_budgeted_searches(options.searches);
  try {
    write_file_atomic(options.page(), report_page(content, *space));
  } catch (const nlohmann::json::exception&) {
    throw DataError("what the result.json of " + join(options.folders) +
                    " says of its run is not as wrcor search writes it; restore it from a copy");
  }
  spdlog::info("the report: {}", options.page().string());
}

}  // namespace

void setup_report(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  command
      .add_option("run", options->folders,
                  "folders of finished searches; several are shown side by side")
      ->required()
      ->type_name("DIR");
  add_path(command, "--out", options->out, "FILE.html",
           "the page (default report.html in the folder of the only run); another report\n"
           "is replaced, no other file is");
  command.add_option("--title", options->title, "heading of the page")->type_name("TEXT");
  add_whole_number(command, "--top", options->top, 1, 100, "cells to draw per run");
  add_benchmark(command, options->benchmark, false,
                "columns to compare with; in all of them higher is better");
  auto* times =
      command
          .add_option("--training-times", options->training_times,
                      "CSV file with one row per architecture and a column of seconds of training")
          ->type_name("FILE.csv");
  auto* column = command
                     .add_option("--training-column", options->training_column,
                                 "that column, such as c10_200ep_train_s")
                     ->type_name("COLUMN");
  times->needs(column);
  column->needs(times);
  command
      .add_option(
          "--searches", options->searches,
          "output of 'wrcor evaluate --fidelity ... --format json': simulated searches to show")
      ->type_name("FILE.json");
  set_example(command,
              "wrcor report runs/first --benchmark accuracies.csv --metric c10_test_200ep");
  set_action(
      command,
      [options, &command] {
        for (const char* flag : {"--key", "--missing"}) {
          if (command.count(flag) > 0) options->given_of_tables.push_back(flag);
        }
        run_report(*options);
      },
      [options]() -> std::vector<std::filesystem::path> { return {options->page()}; });
}

}  // namespace wrcor::cli

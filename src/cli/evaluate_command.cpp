#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <set>

#include "architecture.h"
#include "commands.h"
#include "config/chosen_data.h"
#include "core/counted.h"
#include "core/processor.h"
#include "evaluate_options.h"
#include "evaluate_scorers.h"
#include "evaluate_simulation.h"
#include "options.h"
#include "output.h"
#include "report/evaluation_report.h"
#include "score/population.h"
#include "score/published.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

/// The populations to compare on: the default is all architectures, and with published figures
/// all that these were measured on.
std::vector<std::string> chosen_populations(const EvaluateOptions& options) {
  if (!options.populations.empty()) return options.populations;
  if (!options.published.empty()) return populations().names();
  return {"all"};
}

/// The architectures to compare: those that have been scored and are in the benchmark; without
/// score files, all of the benchmark.
std::vector<std::string> chosen_architectures(const ScoreTable& scores,
                                              const BenchmarkTable& benchmark,
                                              const EvaluateOptions& options,
                                              EvaluationReport& report) {
  std::vector<std::string> archs;
  if (options.score_files.empty()) {
    for (std::size_t row = 0; row < benchmark.size(); ++row) archs.push_back(benchmark.arch(row));
    report.scored = report.in_benchmark = archs.size();
    return archs;
  }
  archs = scores.archs();
  report.scored = archs.size();
  std::erase_if(archs, [&](const std::string& arch) { return !benchmark.find(arch); });
  report.in_benchmark = archs.size();
  if (archs.empty()) {
    throw DataError("none of " + counted(report.scored, "scored architecture") + " is in '" +
                    options.benchmark.file +
                    "'; is it a table of this space, and --key its column?");
  }
  if (archs.size() < report.scored) {
    spdlog::warn("{} of {} scored architectures are not in '{}' and are left out",
                 report.scored - archs.size(), report.scored, options.benchmark.file);
  }
  return archs;
}

/// The top k is undefined for more than all compared architectures. @param most  of a comparison
void check_top_k(const EvaluateOptions& options, std::size_t most) {
  if (!options.given.contains("--top-k") || static_cast<std::size_t>(options.top_k) <= most) return;
  throw UsageError("--top-k: expected at most " + std::to_string(most) +
                   ", the number of architectures that are compared, got " +
                   std::to_string(options.top_k));
}

/// The number of architectures of the largest comparison.
std::size_t most_compared(const std::vector<Scorer>& scorers, const std::vector<Metric>& metrics) {
  std::size_t most = 0;
  for (const Scorer& scorer : scorers) {
    for (const Metric& metric : metrics) {
      const auto compared =
          std::count_if(scorer.scored.begin(), scorer.scored.end(),
                        [&](std::size_t k) { return metric.values[k].has_value(); });
      most = std::max(most, static_cast<std::size_t>(compared));
    }
  }
  return most;
}

/// @throws DataError when there are none
std::vector<std::string> members_of(const std::string& population, const SearchSpace& space,
                                    const std::vector<std::string>& archs) {
  const Population& chosen = populations().find(population).value;
  std::vector<std::string> members;
  for (const std::string& arch : archs) {
    if (chosen.contains(space, space.parse(arch))) members.push_back(arch);
  }
  if (members.empty()) {
    throw DataError("--among " + population + ": none of " + counted(archs.size(), "architecture") +
                    " belongs to it");
  }
  return members;
}

std::vector<double> parameters_of(const std::vector<std::string>& archs, const SearchSpace& space) {
  std::vector<double> parameters;
  for (const std::string& arch : archs)
    parameters.push_back(static_cast<double>(space.costs(space.parse(arch)).params));
  return parameters;
}

/// Compares on one population. Votes are computed for it, as they depend on the set.
std::vector<Comparison> compare_on(const std::string& population, const SearchSpace& space,
                                   const ScoreTable& scores, const BenchmarkTable& benchmark,
                                   const EvaluateOptions& options,
                                   const ComparisonOptions& comparison,
                                   const std::vector<std::string>& archs) {
  const std::vector<std::string> members = members_of(population, space, archs);
  const std::vector<Scorer> scorers = make_scorers(scores, benchmark, options, members);
  const std::vector<Metric> metrics = make_metrics(benchmark, options, members);
  check_top_k(options, most_compared(scorers, metrics));
  std::vector<Comparison> rows =
      compare(scorers, metrics, comparison, parameters_of(members, space));
  for (Comparison& row : rows) row.population = population;
  return rows;
}

void run_evaluate(const EvaluateOptions& options) {
  const Config config = load_config(sources_of(options));
  check(options);
  DatasetInfo data = dataset_info(config);
  set_image_size(data.image, options.image_size);
  const RunSpec spec = resolve(config, data);
  const SearchSpace& space = *spec.space;
  if (!options.published.empty() && space.name() != published_space) {
    throw UsageError("--published: the figures are of the space '" + std::string(published_space) +
                     "', not of '" + space.name() + "'");
  }
  std::set<std::string> columns = options.budgeted.benchmark_columns();
  for (const auto* texts : {&options.benchmark.metrics, &options.table_scores}) {
    for (const FigureColumn& column : parse_columns(*texts)) columns.insert(column.name);
  }
  const BenchmarkTable benchmark = BenchmarkTable::read(options.benchmark.file, space,
                                                        BenchmarkKey::parse(options.benchmark.key),
                                                        columns, options.benchmark.missing);
  const ScoreTable scores = read_score_files(space, options.score_files);

  EvaluationReport report;
  report.benchmark = options.benchmark.file;
  report.options = {static_cast<std::size_t>(options.top_k), options.resamples, config.run.seed,
                    usable_cores()};
  const std::vector<std::string> archs = chosen_architectures(scores, benchmark, options, report);
  for (const std::string& population :
       options.has_scores() ? chosen_populations(options) : std::vector<std::string>()) {
    for (Comparison& row :
         compare_on(population, space, scores, benchmark, options, report.options, archs))
      report.comparisons.push_back(std::move(row));
  }
  report.all_measures = options.measures == "all";
  report.published = options.published;
  if (options.simulate) {
    report.simulation =
        simulate(spec, options, benchmark, make_scorers(scores, benchmark, options, archs), archs);
  }
  if (options.budgeted.given()) {
    report.budgeted =
        run_budgeted(spec, {options.budgeted, options.benchmark, benchmark,
                            make_scorers(scores, benchmark, options, archs), archs, options.runs});
    report.budgeted->published = options.published;
  }
  write_output(options.format == "json"       ? evaluation_json(report)
               : options.format == "csv"      ? evaluation_csv(report)
               : options.format == "markdown" ? evaluation_markdown(report)
                                              : evaluation_table(report));
}

}  // namespace

void setup_evaluate(CLI::App& command) {
  auto options = std::make_shared<EvaluateOptions>();
  add_evaluate_options(command, *options);
  set_example(
      command,
      "wrcor evaluate --scores scores.jsonl --benchmark accuracies.csv --metric c10_test_200ep");
  set_action(command, [options, &command] {
    for (const CLI::Option* option : command.get_options()) {
      if (option->count() > 0) options->given.insert(option->get_name());
    }
    run_evaluate(*options);
  });
}

}  // namespace wrcor::cli

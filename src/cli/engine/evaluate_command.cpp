#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <set>

#include "../commands.h"
#include "../options.h"
#include "../output.h"
#include "benchmark_options.h"
#include "wrcor/config/chosen_space.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/processor.h"
#include "wrcor/core/suggest.h"
#include "wrcor/report/evaluation_report.h"
#include "wrcor/run/simulated_search.h"
#include "wrcor/score/comparison.h"

namespace wrcor::cli {
namespace {

struct EvaluateOptions {
  ConfigSources sources;
  std::vector<std::string> score_files;
  BenchmarkOptions benchmark;
  std::vector<std::string> rank_by;
  std::vector<std::string> table_scores;
  int top_k = 10;
  int resamples = 1000;
  bool simulate = false;
  int runs = 100;
  std::string format = "table";
};

ScoreTable read_scores(const SearchSpace& space, const std::vector<std::string>& files) {
  ScoreTable scores(space);
  for (const std::string& file : files) scores.add_file(file);
  if (scores.failed() > 0) {
    spdlog::warn("{} scored architectures have the status failed and are left out",
                 scores.failed());
  }
  for (const std::string& name : scores.names()) {
    const std::set<std::string>& settings = scores.settings(name);
    const auto& [sources, silent] = scores.sources(name);
    if (settings.size() > 1) {
      spdlog::warn(
          "the scores '{}' were made with {} different settings ({}); they may not be comparable",
          name, settings.size(), join({settings.begin(), settings.end()}));
    } else if (sources.size() > 1 && !silent.empty()) {
      spdlog::warn(
          "the scores '{}' come from {} files, of which {} {} not say with which settings; "
          "they may not be comparable",
          name, sources.size(), join({silent.begin(), silent.end()}),
          silent.size() == 1 ? "does" : "do");
    }
  }
  return scores;
}

/// The architectures to compare: those that have been scored and that the benchmark knows; without
/// any score files all that it knows.
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
    throw DataError("none of the " + std::to_string(report.scored) +
                    " scored architectures is in '" + options.benchmark.file +
                    "'; is it a table of this space, and --key its column?");
  }
  if (archs.size() < report.scored) {
    spdlog::warn("{} of {} scored architectures are not in '{}' and are left out",
                 report.scored - archs.size(), report.scored, options.benchmark.file);
  }
  return archs;
}

SearchTable search_table(const Scorer& scorer, const std::vector<Metric>& metrics,
                         const std::vector<std::string>& archs) {
  SearchTable table{scorer.rule, {}};
  for (std::size_t k = 0; k < scorer.scored.size(); ++k) {
    TableEntry& entry = table.rows[archs[scorer.scored[k]]];
    entry.scores = scorer.members[k];
    for (const Metric& metric : metrics) entry.metrics.push_back(metric.values[scorer.scored[k]]);
  }
  return table;
}

/// What the benchmark's networks reach without any score.
void add_references(const BenchmarkTable& benchmark, SimulationReport& report) {
  std::vector<std::vector<double>> values;
  for (const std::string& metric : report.metrics) {
    SimulationReport::Optimum best;
    auto& known = values.emplace_back();
    for (std::size_t row = 0; row < benchmark.size(); ++row) {
      const auto& value = benchmark.value(row, metric);
      if (!value) continue;
      if (known.empty() || *value > best.value) best = {benchmark.arch(row), *value};
      known.push_back(*value);
    }
    report.optima.push_back(best);
  }
  for (const std::size_t networks : {1, 10, 100}) {
    SimulationReport::Trained trained{networks, {}};
    for (const auto& known : values) {
      if (known.size() < networks) return;
      trained.metrics.push_back(largest_of(known, networks));
    }
    report.trained.push_back(std::move(trained));
  }
}

SimulationReport simulate(const SearchSpace& space, const Config& config,
                          const EvaluateOptions& options, const BenchmarkTable& benchmark,
                          const std::vector<Scorer>& scorers, const std::vector<Metric>& metrics,
                          const std::vector<std::string>& archs) {
  SimulationReport report;
  report.metrics = options.benchmark.metrics;
  report.seed = config.run.seed;
  SimulatedSearches searches(space, config);
  for (const Scorer& scorer : scorers) {
    const SearchTable table = search_table(scorer, metrics, archs);
    for (const std::string& strategy : SimulatedSearches::strategies(space))
      report.rows.push_back(
          {scorer.name, searches.run(strategy, table, options.benchmark.metrics, options.runs)});
  }
  add_references(benchmark, report);
  return report;
}

RankingRule parse_rule(const std::string& text) {
  try {
    return RankingRule::parse(text);
  } catch (const UsageError& problem) {
    throw UsageError("--rank-by " + in_quotes(text) + ": " + problem.what());
  }
}

/// The votes that were asked for; without any, those that have a name and whose members are there.
std::vector<Scorer> make_votes(const ScoreTable& scores, const EvaluateOptions& options,
                               const std::vector<std::string>& archs) {
  const auto lacks = [&](const RankingRule& rule) {
    const auto& known = scores.names();
    return std::find_if(rule.members.begin(), rule.members.end(), [&](const auto& member) {
      return std::find(known.begin(), known.end(), member.proxy) == known.end();
    });
  };
  std::vector<Scorer> scorers;
  for (const std::string& text : options.rank_by) {
    const RankingRule rule = parse_rule(text);
    if (const auto missing = lacks(rule); missing != rule.members.end()) {
      throw DataError("--rank-by " + in_quotes(text) + ": the score files have no scores of '" +
                      missing->proxy + "'; they have " + join(scores.names()));
    }
    // A proxy by its own name is compared anyway.
    const auto& known = scores.names();
    if (std::find(known.begin(), known.end(), text) == known.end())
      scorers.push_back(vote_scorer(scores, text, rule, archs));
  }
  if (!options.rank_by.empty()) return scorers;
  for (const std::string& name : votes().names()) {
    const RankingRule rule = RankingRule::parse(name);
    if (lacks(rule) == rule.members.end())
      scorers.push_back(vote_scorer(scores, name, rule, archs));
  }
  return scorers;
}

/// Whatever orders the architectures: every score of the files, votes, and columns of the
/// benchmark.
std::vector<Scorer> make_scorers(const ScoreTable& scores, const BenchmarkTable& benchmark,
                                 const EvaluateOptions& options,
                                 const std::vector<std::string>& archs) {
  std::vector<Scorer> scorers;
  for (const std::string& name : scores.names())
    scorers.push_back(proxy_scorer(scores, name, archs));
  for (Scorer& vote : make_votes(scores, options, archs)) scorers.push_back(std::move(vote));
  for (const std::string& column : options.table_scores) {
    const auto& known = scores.names();
    if (std::find(known.begin(), known.end(), column) != known.end()) {
      throw UsageError("--table-score " + in_quotes(column) +
                       ": the score files have scores of that name, too; leave one of them out");
    }
    scorers.push_back(column_scorer(benchmark, column, archs));
  }
  return scorers;
}

std::vector<Metric> make_metrics(const BenchmarkTable& benchmark, const EvaluateOptions& options,
                                 const std::vector<std::string>& archs) {
  std::vector<Metric> metrics;
  for (const std::string& column : options.benchmark.metrics) {
    metrics.push_back(table_metric(benchmark, column, archs));
    const auto& values = metrics.back().values;
    if (std::none_of(values.begin(), values.end(), [](const auto& value) { return value; })) {
      throw DataError(options.benchmark.file + ": column " + in_quotes(column) +
                      " has no value for any of the architectures");
    }
  }
  return metrics;
}

void check(const EvaluateOptions& options) {
  require_distinct(options.benchmark.metrics, "--metric");
  require_distinct(options.table_scores, "--table-score");
  require_distinct(options.rank_by, "--rank-by");
  for (const std::string& text : options.rank_by) parse_rule(text);
  if (options.score_files.empty() && !options.rank_by.empty())
    throw UsageError("--rank-by needs the scores of its members; name score files by --scores");
  if (options.score_files.empty() && options.table_scores.empty()) {
    throw UsageError(
        "nothing to evaluate; name score files by --scores, or columns of the benchmark by "
        "--table-score");
  }
  if (options.simulate && options.format == "csv") {
    throw UsageError("--format csv holds one table only: use json together with --simulate-search");
  }
}

void run_evaluate(const EvaluateOptions& options) {
  const Config config = load_config(options.sources);
  check(options);
  const auto space = make_space(config);
  std::set<std::string> columns(options.benchmark.metrics.begin(), options.benchmark.metrics.end());
  columns.insert(options.table_scores.begin(), options.table_scores.end());
  const BenchmarkTable benchmark = BenchmarkTable::read(
      options.benchmark.file, *space, BenchmarkKey::parse(options.benchmark.key), columns);
  const ScoreTable scores = read_scores(*space, options.score_files);

  EvaluationReport report;
  report.benchmark = options.benchmark.file;
  report.options = {static_cast<std::size_t>(options.top_k), options.resamples, config.run.seed,
                    usable_cores()};
  const std::vector<std::string> archs = chosen_architectures(scores, benchmark, options, report);
  const std::vector<Scorer> scorers = make_scorers(scores, benchmark, options, archs);
  const std::vector<Metric> metrics = make_metrics(benchmark, options, archs);
  report.comparisons = compare(scorers, metrics, report.options);
  if (options.simulate)
    report.simulation = simulate(*space, config, options, benchmark, scorers, metrics, archs);
  write_output(options.format == "json"       ? evaluation_json(report)
               : options.format == "csv"      ? evaluation_csv(report)
               : options.format == "markdown" ? evaluation_markdown(report)
                                              : evaluation_table(report));
}

}  // namespace

void setup_evaluate(CLI::App& command) {
  auto options = std::make_shared<EvaluateOptions>();
  command
      .add_option("--scores", options->score_files,
                  "files of 'wrcor score --out', and result.json or folders of searches; joined")
      ->type_name("FILE");
  add_benchmark(command, options->benchmark, true);
  command
      .add_option("--rank-by", options->rank_by,
                  "a vote over the scores, as in 'wrcor search'; without it, the named votes\n"
                  "(wrcor list votes) whose members have scores")
      ->type_name("RULE");
  command
      .add_option("--table-score", options->table_scores,
                  "take this column of the benchmark as one more score; without --scores, of all\n"
                  "its architectures")
      ->type_name("COLUMN");
  add_whole_number(command, "--top-k", options->top_k, 1, 1'000'000,
                   "of the share of the k highest scored that are among the k best");
  add_whole_number(command, "--bootstrap", options->resamples, 0, 100'000,
                   "resamples behind the 95 % intervals; 0 for none");
  auto* simulate =
      command.add_flag("--simulate-search", options->simulate,
                       "run every strategy on the scores, which cover the whole space ('wrcor\n"
                       "score --unique'), and report the metrics of what it finds");
  add_whole_number(command, "--runs", options->runs, 1, 1'000'000,
                   "simulated searches, with the seeds --seed, --seed + 1 and so on")
      .needs(simulate);
  add_choice(command, "--format", options->format, {"table", "json", "csv", "markdown"},
             "form of the output");
  add_settings(command,
               {"space.name", "search.budget", "search.window", "search.dedupe",
                "search.population", "search.tournament", "search.replacement", "run.seed"},
               options->sources);
  set_example(command,
              "wrcor evaluate --scores scores.jsonl --benchmark nb201.csv --metric c10_test_200ep");
  set_action(command, [options] { run_evaluate(*options); });
}

}  // namespace wrcor::cli

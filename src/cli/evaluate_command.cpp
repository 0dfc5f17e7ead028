#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <set>

#include "benchmark_options.h"
#include "budgeted_options.h"
#include "commands.h"
#include "core/processor.h"
#include "options.h"
#include "output.h"
#include "record/score_reading.h"
#include "report/evaluation_report.h"
#include "score/comparison.h"
#include "score/population.h"
#include "score/published.h"
#include "search/simulated_search.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/search/builtin.h"

namespace wrcor::cli {
namespace {

/// Keys of the options of all strategies: a simulation runs them all.
std::vector<std::string> strategy_keys() {
  std::vector<std::string> keys;
  for (const auto& strategy : strategies().entries()) {
    for (const StrategyOption& option : strategy.value.options) {
      const std::string key = "search." + option.name;
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

std::vector<std::string> settings_of_searches() {
  std::vector<std::string> keys{"search.budget", "search.window", "search.dedupe",
                                "search.minimize"};
  for (std::string& key : strategy_keys()) keys.push_back(std::move(key));
  keys.emplace_back("constraints.cost_table");
  return keys;
}

struct EvaluateOptions {
  ConfigSources sources;
  std::vector<std::string> score_files;
  BenchmarkOptions benchmark;
  std::vector<std::string> rank_by;
  std::vector<std::string> table_scores;
  int top_k = 10;
  bool top_k_given = false;
  int resamples = 1000;
  bool simulate = false;
  int runs = 100;
  bool runs_given = false;
  BudgetedOptions budgeted;
  std::vector<std::string> populations;
  std::vector<std::string> published;  ///< the data set of each metric; empty: no table
  std::string measures = "usual";
  std::string format = "table";
};

/// Whether anything orders architectures.
bool has_scores(const EvaluateOptions& options) {
  return !options.score_files.empty() || !options.table_scores.empty();
}

/// The populations to compare on: the default is all architectures, and with published figures
/// all that these were measured on.
std::vector<std::string> chosen_populations(const EvaluateOptions& options) {
  if (!options.populations.empty()) return options.populations;
  if (!options.published.empty()) return populations().names();
  return {"all"};
}

ScoreTable read_scores(const SearchSpace& space, const std::vector<std::string>& files) {
  ScoreTable scores(space);
  for (const std::string& file : files) wrcor::read_scores(file, scores);
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

std::vector<FigureColumn> parse_columns(const std::vector<std::string>& texts) {
  std::vector<FigureColumn> columns;
  for (const std::string& text : texts) columns.push_back(FigureColumn::parse(text));
  return columns;
}

/// @param columns  of the metrics, whose figures the searches report with the sign of the benchmark
SearchTable search_table(const Scorer& scorer, const BenchmarkTable& benchmark,
                         const std::vector<FigureColumn>& columns,
                         const std::vector<std::string>& archs) {
  SearchTable table{scorer.rule, {}};
  for (std::size_t k = 0; k < scorer.scored.size(); ++k) {
    const std::string& arch = archs[scorer.scored[k]];
    const auto row = benchmark.find(arch);
    TableEntry& entry = table.rows[arch];
    entry.scores = scorer.members[k];
    for (const FigureColumn& column : columns)
      entry.metrics.push_back(row ? benchmark.value(*row, column.name) : std::nullopt);
  }
  return table;
}

/// The reference figures of the benchmark's networks, without any score.
void add_references(const BenchmarkTable& benchmark, const std::vector<FigureColumn>& columns,
                    SimulationReport& report) {
  std::vector<std::vector<double>> values;  // higher is better
  for (const FigureColumn& column : columns) {
    report.optima.push_back(optimum_of(benchmark, column));
    auto& known = values.emplace_back();
    for (std::size_t row = 0; row < benchmark.size(); ++row) {
      if (const auto& figure = benchmark.value(row, column.name))
        known.push_back(column.oriented(*figure));
    }
  }
  for (const std::size_t networks : {1, 10, 100}) {
    SimulationReport::Trained trained{networks, {}};
    for (std::size_t m = 0; m < columns.size(); ++m) {
      if (values[m].size() < networks) return;
      const Spread reached = largest_of(values[m], networks);
      trained.metrics.push_back({columns[m].oriented(reached.mean), reached.deviation});
    }
    report.trained.push_back(std::move(trained));
  }
}

SimulationReport simulate(const RunSpec& spec, const EvaluateOptions& options,
                          const BenchmarkTable& benchmark, const std::vector<Scorer>& scorers,
                          const std::vector<std::string>& archs) {
  SimulationReport report;
  report.metrics = options.benchmark.metrics;
  report.seed = spec.config.run.seed;
  const std::vector<FigureColumn> columns = parse_columns(options.benchmark.metrics);
  SimulatedSearches searches(*spec.space, spec.search, report.seed);
  for (const Scorer& scorer : scorers) {
    const SearchTable table = search_table(scorer, benchmark, columns, archs);
    for (const std::string& strategy : SimulatedSearches::strategies(*spec.space))
      report.rows.push_back(
          {scorer.name, searches.run(strategy, table, options.benchmark.metrics, options.runs)});
  }
  add_references(benchmark, columns, report);
  return report;
}

RankingRule parse_rule(const std::string& text) {
  try {
    return RankingRule::parse(text);
  } catch (const UsageError& problem) {
    throw UsageError("--rank-by " + in_quotes(text) + ": " + problem.what());
  }
}

/// The requested votes; without any, the named votes whose members all have scores.
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
    // A proxy given by its bare name is compared anyway.
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

/// Everything that orders the architectures: every score of the files, votes, and columns of the
/// benchmark.
std::vector<Scorer> make_scorers(const ScoreTable& scores, const BenchmarkTable& benchmark,
                                 const EvaluateOptions& options,
                                 const std::vector<std::string>& archs) {
  std::vector<Scorer> scorers;
  for (const std::string& name : scores.names())
    scorers.push_back(proxy_scorer(scores, name, archs));
  for (Scorer& vote : make_votes(scores, options, archs)) scorers.push_back(std::move(vote));
  for (const FigureColumn& column : parse_columns(options.table_scores)) {
    const auto& known = scores.names();
    if (std::find(known.begin(), known.end(), column.text()) != known.end()) {
      throw UsageError("--table-score " + in_quotes(column.text()) +
                       ": the score files have scores of that name, too; leave one of them out");
    }
    scorers.push_back(column_scorer(benchmark, column, archs));
  }
  return scorers;
}

std::vector<Metric> make_metrics(const BenchmarkTable& benchmark, const EvaluateOptions& options,
                                 const std::vector<std::string>& archs) {
  std::vector<Metric> metrics;
  for (const FigureColumn& column : parse_columns(options.benchmark.metrics)) {
    metrics.push_back(table_metric(benchmark, column, archs));
    const auto& values = metrics.back().values;
    if (std::none_of(values.begin(), values.end(), [](const auto& value) { return value; })) {
      throw DataError(options.benchmark.file + ": column " + in_quotes(column.name) +
                      " has no value for any of the architectures");
    }
  }
  return metrics;
}

void check_published(const EvaluateOptions& options) {
  if (options.published.empty()) return;
  require_distinct(options.published, "--published");
  for (const std::string& name : options.published) {
    if (std::ranges::find(published_datasets, name) == published_datasets.end()) {
      throw UsageError("--published: " + unknown_name_message("data set", "data sets", name,
                                                              {published_datasets.begin(),
                                                               published_datasets.end()}));
    }
  }
  if (options.published.size() != options.benchmark.metrics.size()) {
    throw UsageError("--published: expected the data set of each --metric, in their order, got " +
                     std::to_string(options.published.size()) + " for " +
                     std::to_string(options.benchmark.metrics.size()));
  }
}

void check(const EvaluateOptions& options) {
  require_distinct(options.benchmark.metrics, "--metric");
  require_distinct(options.table_scores, "--table-score");
  require_distinct(options.rank_by, "--rank-by");
  for (const std::string& text : options.rank_by) parse_rule(text);
  if (options.score_files.empty() && !options.rank_by.empty())
    throw UsageError("--rank-by needs the scores of its members; name score files by --scores");
  if (!has_scores(options) && !options.budgeted.given()) {
    throw UsageError(
        "nothing to evaluate; name score files by --scores, or columns of the benchmark by "
        "--table-score");
  }
  if (!has_scores(options) && options.simulate)
    throw UsageError("--simulate-search needs scores; name their files by --scores");
  if (options.runs_given && !options.simulate && !options.budgeted.given()) {
    throw UsageError("--runs: has no effect without --simulate-search or --fidelity; leave it out");
  }
  check(options.budgeted);
  require_distinct(options.populations, "--among");
  for (const std::string& name : options.populations) populations().find(name);
  check_published(options);
  for (const auto& [given, flag] : {std::pair(options.simulate, "--simulate-search"),
                                    std::pair(options.budgeted.given(), "--fidelity"),
                                    std::pair(!options.published.empty(), "--published")}) {
    if (given && options.format == "csv")
      throw UsageError(std::string("--format csv holds one table only: use json together with ") +
                       flag);
  }
}

/// The top k is undefined for more than all compared architectures. @param most  of a comparison
void check_top_k(const EvaluateOptions& options, std::size_t most) {
  if (!options.top_k_given || static_cast<std::size_t>(options.top_k) <= most) return;
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
    throw DataError("--among " + population + ": none of the " + std::to_string(archs.size()) +
                    " architectures belongs to it");
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

/// The sources, with the settings that this call does not use.
ConfigSources sources_of(const EvaluateOptions& options) {
  ConfigSources sources = options.sources;
  for (const std::string& key : strategy_keys()) sources.used.insert(key);
  if (options.simulate) return sources;
  if (options.budgeted.given()) {
    sources.unused["search.window"] = "searches of --fidelity train one network after the other";
    for (const char* key : {"search.minimize", "constraints.cost_table"})
      sources.unused[key] = "searches of --fidelity have one objective";
    return sources;
  }
  for (const std::string& key : settings_of_searches())
    sources.unused[key] = "no search is simulated without --simulate-search";
  if (options.resamples == 0)
    sources.unused["run.seed"] = "without --bootstrap and --simulate-search nothing is random";
  return sources;
}

void run_evaluate(const EvaluateOptions& options) {
  const Config config = load_config(sources_of(options));
  check(options);
  const RunSpec spec = resolve(config);
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
  const ScoreTable scores = read_scores(space, options.score_files);

  EvaluationReport report;
  report.benchmark = options.benchmark.file;
  report.options = {static_cast<std::size_t>(options.top_k), options.resamples, config.run.seed,
                    usable_cores()};
  const std::vector<std::string> archs = chosen_architectures(scores, benchmark, options, report);
  for (const std::string& population :
       has_scores(options) ? chosen_populations(options) : std::vector<std::string>()) {
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

/// "all: every architecture; live: ..."
std::string summaries_of(const Registry<Population>& registry) {
  std::vector<std::string> texts;
  for (const auto& entry : registry.entries()) texts.push_back(entry.name + ": " + entry.summary);
  return join(texts, "; ");
}

}  // namespace

void setup_evaluate(CLI::App& command) {
  auto options = std::make_shared<EvaluateOptions>();
  command
      .add_option("--scores", options->score_files,
                  "files of 'wrcor score --out', and result.json or folders of searches; joined")
      ->type_name("FILE");
  add_benchmark(command, options->benchmark, true,
                "columns to compare with; --metric=-COLUMN for one whose lower values are better");
  command
      .add_option("--rank-by", options->rank_by,
                  "a vote over the scores, as in 'wrcor search'; without it, the named votes\n"
                  "(wrcor list votes) whose members have scores")
      ->type_name("RULE");
  command
      .add_option(
          "--table-score", options->table_scores,
          "use this column of the benchmark as an additional score (--table-score=-COLUMN:\n"
          "lower is better); without --scores, of all its architectures")
      ->type_name("COLUMN");
  add_whole_number(
      command, "--top-k", options->top_k, 1, 1'000'000,
      "k for the share of the k highest scored that are among the k best; at most all\n"
      "that are compared");
  add_whole_number(command, "--bootstrap", options->resamples, 0, 100'000,
                   "bootstrap resamples for the 95 % intervals; 0 for none");
  CLI::Option* population =
      command
          .add_option("--among", options->populations,
                      "architectures to compare on; " + summaries_of(populations()) +
                          "\n(default all, with --published both)")
          ->delimiter(',')
          ->type_name("NAME,...");
  set_candidates(*population, populations().names());
  command
      .add_option("--published", options->published,
                  "also print the published figures for these data sets, those of the metrics in "
                  "their\norder: " +
                      join({published_datasets.begin(), published_datasets.end()}))
      ->delimiter(',')
      ->type_name("DATA,...");
  add_choice(command, "--measures", options->measures, {"usual", "all"},
             "measures in the table: all have a second one, on the top of the ranking and on pairs "
             "of\nequal size");
  command.add_flag("--simulate-search", options->simulate,
                   "run every strategy on the scores, which cover the whole space ('wrcor\n"
                   "score --unique'), and report the metrics of what it finds");
  add_whole_number(command, "--runs", options->runs, 1, 1'000'000,
                   "simulated searches, with the seeds --seed, --seed + 1 and so on");
  add_budgeted(command, options->budgeted);
  add_choice(command, "--format", options->format, {"table", "json", "csv", "markdown"},
             "form of the output");
  std::vector<std::string> keys{"space.name"};
  for (std::string& key : settings_of_searches()) keys.push_back(std::move(key));
  keys.emplace_back("run.seed");
  add_settings(command, keys, options->sources);
  set_example(
      command,
      "wrcor evaluate --scores scores.jsonl --benchmark accuracies.csv --metric c10_test_200ep");
  set_action(command, [options, &command] {
    options->top_k_given = command.count("--top-k") > 0;
    options->runs_given = command.count("--runs") > 0;
    run_evaluate(*options);
  });
}

}  // namespace wrcor::cli

#include "evaluate_options.h"

#include <algorithm>

#include "options.h"
#include "score/population.h"
#include "score/published.h"
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

/// "all: every architecture; live: ..."
std::string summaries_of(const Registry<Population>& registry) {
  std::vector<std::string> texts;
  for (const auto& entry : registry.entries()) texts.push_back(entry.name + ": " + entry.summary);
  return join(texts, "; ");
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

/// Flags that only some kinds of evaluation read.
void check_effects(const EvaluateOptions& options) {
  const auto refuse = [&](const char* flag, const std::string& condition) {
    if (options.given.contains(flag))
      throw UsageError(flag + (": has no effect without " + condition) + "; leave it out");
  };
  if (!options.simulate && !options.budgeted.given())
    refuse("--runs", "--simulate-search or --fidelity");
  if (options.has_scores()) return;
  for (const char* flag : {"--top-k", "--among", "--measures"})
    refuse(flag, "--scores or --table-score");
  if (options.resamples > 0) refuse("--bootstrap", "--scores or --table-score");
}

}  // namespace

void check(const EvaluateOptions& options) {
  require_distinct(options.benchmark.metrics, "--metric");
  require_distinct(options.table_scores, "--table-score");
  require_distinct(options.rank_by, "--rank-by");
  for (const std::string& text : options.rank_by) parse_rule(text);
  if (options.score_files.empty() && !options.rank_by.empty())
    throw UsageError("--rank-by needs the scores of its members; name score files by --scores");
  if (!options.has_scores() && !options.budgeted.given()) {
    throw UsageError(
        "nothing to evaluate; name score files by --scores, or columns of the benchmark by "
        "--table-score");
  }
  if (!options.has_scores() && options.simulate)
    throw UsageError("--simulate-search needs scores; name their files by --scores");
  check_effects(options);
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

RankingRule parse_rule(const std::string& text) {
  try {
    return RankingRule::parse(text);
  } catch (const UsageError& problem) {
    throw UsageError("--rank-by " + in_quotes(text) + ": " + problem.what());
  }
}

std::vector<FigureColumn> parse_columns(const std::vector<std::string>& texts) {
  std::vector<FigureColumn> columns;
  for (const std::string& text : texts) columns.push_back(FigureColumn::parse(text));
  return columns;
}

void add_evaluate_options(CLI::App& command, EvaluateOptions& target) {
  command
      .add_option("--scores", target.score_files,
                  "files of 'wrcor score --out', and result.json or folders of searches; joined")
      ->type_name("FILE");
  add_benchmark(command, target.benchmark, true,
                "columns to compare with; --metric=-COLUMN for one whose lower values are better");
  command
      .add_option("--rank-by", target.rank_by,
                  "a vote over the scores, as in 'wrcor search'; without it, the named votes\n"
                  "(wrcor list votes) whose members have scores")
      ->type_name("RULE");
  command
      .add_option(
          "--table-score", target.table_scores,
          "use this column of the benchmark as an additional score (--table-score=-COLUMN:\n"
          "lower is better); without --scores, of all its architectures")
      ->type_name("COLUMN");
  add_whole_number(
      command, "--top-k", target.top_k, 1, 1'000'000,
      "k for the share of the k highest scored that are among the k best; at most all\n"
      "that are compared");
  add_whole_number(command, "--bootstrap", target.resamples, 0, 100'000,
                   "bootstrap resamples for the 95 % intervals; 0 for none");
  CLI::Option* population =
      command
          .add_option("--among", target.populations,
                      "architectures to compare on; " + summaries_of(populations()) +
                          "\n(default all, with --published both)")
          ->delimiter(',')
          ->type_name("NAME,...");
  set_candidates(*population, populations().names());
  command
      .add_option("--published", target.published,
                  "also print the published figures for these data sets, those of the metrics in "
                  "their\norder: " +
                      join({published_datasets.begin(), published_datasets.end()}))
      ->delimiter(',')
      ->type_name("DATA,...");
  add_choice(command, "--measures", target.measures, {"usual", "all"},
             "measures in the table: all have a second one, on the top of the ranking and on pairs "
             "of\nequal size");
  command
      .add_option("--image-size", target.image_size,
                  "height and width of the images that the networks are for, where a space needs\n"
                  "larger ones than the default of 32")
      ->type_name("N");
  command.add_flag("--simulate-search", target.simulate,
                   "run every strategy on the scores, which cover the whole space ('wrcor\n"
                   "score --unique'), and report the metrics of what it finds");
  add_whole_number(command, "--runs", target.runs, 1, 1'000'000,
                   "simulated searches, with the seeds --seed, --seed + 1 and so on");
  add_budgeted(command, target.budgeted);
  add_choice(command, "--format", target.format, {"table", "json", "csv", "markdown"},
             "form of the output");
  std::vector<std::string> keys{"space.name"};
  for (std::string& key : settings_of_searches()) keys.push_back(std::move(key));
  keys.emplace_back("run.seed");
  add_settings(command, keys, target.sources);
}

}  // namespace wrcor::cli

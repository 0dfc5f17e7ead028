#include "evaluate_scorers.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "core/counted.h"
#include "record/score_reading.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

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

}  // namespace

ScoreTable read_score_files(const SearchSpace& space, const std::vector<std::string>& files) {
  ScoreTable scores(space);
  for (const std::string& file : files) wrcor::read_scores(file, scores);
  if (scores.failed() > 0) {
    spdlog::warn("{} left out",
                 counted(scores.failed(), "scored architecture with the status failed is",
                         "scored architectures with the status failed are"));
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

}  // namespace wrcor::cli

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "../options.h"
#include "../output.h"
#include "core/counted.h"
#include "core/terminal.h"
#include "new_folder.h"
#include "record/run_folder.h"
#include "report/download_progress.h"
#include "report/progress.h"
#include "report/ranking_report.h"
#include "run/chosen_device.h"
#include "run/search_run.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/run/workbench.h"

namespace wrcor::cli {
namespace {

std::string run_name(const Config& config) {
  return fmt::format("{}-{}-seed{}", config.space.name, config.search.strategy, config.run.seed);
}

/// "7 degenerate (disconnected), 3 not_applicable (minibatch_too_small)": the outcomes of the
/// scores that should order a ranking, the most frequent first.
std::string outcomes(const SearchResult& result) {
  std::map<std::string, std::int64_t> counts;
  for (const Ranked& entry : result.ranking) {
    const Evaluation evaluation = entry.evaluation.unpacked();
    const Score& score = evaluation.score(result.rule.members.front().proxy);
    ++counts[fmt::format("{} ({})", to_string(score.status), score.reason)];
  }
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> texts;
  for (const auto& [outcome, count] : sorted) texts.push_back(fmt::format("{} {}", count, outcome));
  return join(texts);
}

/// A search without any score has found nothing.
/// @param again  the command that retries the failures
/// @throws RunError
void require_score(const SearchResult& result, const std::string& again) {
  if (ranking_value(result.ranking.front(), result.rule)) return;
  spdlog::info("{}", summary_line(result));
  const std::int64_t failed = result.counts.failed, distinct = result.counts.distinct;
  if (failed == distinct) {
    throw RunError(fmt::format("none of {} could be evaluated; to try again: {}",
                               counted(distinct, "architecture"), again));
  }
  throw RunError(fmt::format(
      "none of {} has a score by {}: {}; choose other proxies, images or architectures{}",
      counted(distinct, "architecture"), result.rule.text(), outcomes(result),
      failed > 0 ? "; to try again those that failed: " + again : ""));
}

/// @param again  the command that retries them
void report_failures(const SearchResult& result, const std::string& again) {
  const std::int64_t failed = result.counts.failed, distinct = result.counts.distinct;
  if (failed == 0) return;
  spdlog::warn("{} of {} could not be evaluated; to try them again: {}", failed,
               counted(distinct, "architecture"), again);
}

/// The output device of the table. Ids, which all commands accept for architectures, are a tenth as
/// wide.
TablePlace standard_output(const SearchSpace& space) {
  TablePlace place{terminal_columns(STDOUT_FILENO)};
  if (space.size())
    place.id = [&](const std::string& arch) {
      return std::to_string(space.index(space.parse(arch)));
    };
  return place;
}

/// Reports it if the first places are ordered by architecture strings because their scores are
/// equal.
void report_equals(const SearchResult& result) {
  const std::optional<double> best = ranking_value(result.ranking.front(), result.rule);
  const auto after =
      std::find_if(result.ranking.begin(), result.ranking.end(),
                   [&](const Ranked& entry) { return ranking_value(entry, result.rule) != best; });
  const auto equal = after - result.ranking.begin();
  if (equal < 2) return;
  spdlog::warn("{} of {} architectures have the best score by {}; their order is arbitrary", equal,
               result.ranking.size(), result.rule.text());
}

/// Reports it if the order of the first places may be chance.
void report_tie(const SearchResult& result, const Config& config) {
  const std::optional<std::size_t> tied = contenders(result);
  if (!tied || *tied < 2) return;
  spdlog::warn(
      "the first places are a statistical tie: over {} repeats, {} architectures cannot be "
      "distinguished from the best by paired t-tests at 5 % (not corrected for their number); more "
      "--repeats distinguish more of them{}",
      config.score.repeats, *tied,
      config.search.refine ? "" : ", --refine N spends them on the best N alone");
}

}  // namespace

void run_search_command(const SearchOptions& options) {
  ConfigSources sources = options.sources;
  if (options.resume) {
    if (options.out.empty()) throw UsageError("--resume: name the run's folder with --out");
    const RunDirectory directory{options.out};
    if (!sources.file && directory.holds_run()) continue_with_settings(sources, directory.config());
  }
  sources.resolve = choose_device;
  if (!options.dry_run) sources.checks = workbench_checks();
  const Config config = load_config(sources);
  const RunSpec spec = resolve_for_images(config);
  if (options.dry_run) {
    const std::string work = describe_work(spec);
    write_output(config_document(config));
    spdlog::info("{}", work);
    return;
  }
  const NewFolder folder(options.out, run_name(config));
  const RunDirectory directory{folder.path()};
  SearchResult result;
  {
    Progress progress;
    result = run_search(
        spec, directory, options.resume,
        [&progress](const ProgressState& state) { progress.update(state); }, download_progress());
  }
  const std::string again = retry_command(result, config, directory);
  require_score(result, again);
  const auto rows = static_cast<std::size_t>(options.top);
  try {
    write_output(options.format == "json" ? ranking_json(result, rows)
                 : options.format == "csv"
                     ? ranking_csv(result, rows)
                     : ranking_table(result, rows, standard_output(*spec.space)));
  } catch (const RunError& failure) {
    throw RunError(std::string(failure.what()) + "; the whole ranking is in '" +
                   directory.result().string() + "'");
  }
  spdlog::info("{}", summary_line(result));
  spdlog::info("the whole ranking: {}", directory.result().string());
  report_equals(result);
  report_tie(result, config);
  report_failures(result, again);
}

}  // namespace wrcor::cli

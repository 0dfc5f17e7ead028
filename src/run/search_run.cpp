#include "run/search_run.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "core/counted.h"
#include "core/file.h"
#include "internal/refinement.h"
#include "internal/search_loop.h"
#include "record/journal.h"
#include "record/result_files.h"
#include "record/run_folder.h"
#include "record/run_identity.h"
#include "record/score_identity.h"
#include "run/evaluation_queue.h"
#include "run/hosted_run.h"
#include "run/interrupt.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

std::string resume_command(const RunDirectory& directory) {
  return "wrcor search --resume --out " + shell_word(directory.path.string());
}

/// Whether unrelated files have the names of a run's files.
bool has_foreign_files(const RunDirectory& directory) {
  return file_exists(directory.result()) ||
         (file_exists(directory.journal()) && !holds_nothing(directory.journal()));
}

void require_run(const RunDirectory& directory) {
  if (directory.holds_run()) return;
  throw UsageError("'" + directory.path.string() + "' holds no run to resume" +
                   (has_foreign_files(directory)
                        ? ": it has no journal.jsonl of a search; start one in another folder"
                        : "; start one without --resume"));
}

/// No file that a new search writes may exist.
void require_no_run(const RunDirectory& directory, const std::string& settings) {
  if (directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds a run; continue it with --resume, or choose another --out");
  }
  if (file_exists(directory.journal()) && !holds_nothing(directory.journal()))
    throw not_of_this("search", directory.journal());
  for (const auto& file : {directory.result(), directory.best(), directory.ranking()}) {
    if (file_exists(file)) throw not_of_this("search", file);
  }
  require_no_other_config(directory.config(), settings, "search");
}

/// The settings of a run as its folder records them, independent of the working directory.
std::string settings_document(const Config& config) {
  return config_document(with_absolute_paths(config));
}

/// The journal of the run, with its header written, and what it held before.
Journal open_journal(const RunSpec& spec, const ScoringConditions& conditions,
                     const RunDirectory& directory, bool resume, JournalContent& replayed) {
  const InterruptibleWait wait;
  Journal journal = resume ? Journal::resume(directory.journal(), replayed)
                           : Journal::create(directory.journal());
  const bool begun = !replayed.header.is_null();
  if (begun) require_same_run(replayed.header, spec, conditions, directory.path);
  if (resume) {
    require_own_settings(directory.config(), spec);
    require_own_result(directory.result(), spec, conditions);
    require_own_ranking(directory, spec, score_identity(spec.config, conditions, {}));
    spdlog::info("resuming '{}': {} known", directory.path.string(),
                 counted(replayed.evaluations.size(), "evaluation is", "evaluations are"));
  }
  // Before the header: a folder that holds a run also holds its settings.
  write_file_atomic(directory.config(), settings_document(spec.config));
  if (!begun) journal.write_header(journal_header(spec, conditions));
  return journal;
}

}  // namespace

SearchResult run_search(const RunSpec& spec, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress, const DownloadSink& download) {
  const InterruptGuard guard;
  if (resume) require_run(directory);
  const OwnFolder folder(
      directory.path, directory.lock(),
      {directory.config(), directory.best(), directory.ranking(), directory.result()});
  if (!resume) require_no_run(directory, settings_document(spec.config));
  const bool had_config = file_exists(directory.config());
  const bool had_journal = file_exists(directory.journal());
  const Workbench bench = make_workbench(spec, download);
  const std::string how_to_resume = "; resume with: " + resume_command(directory);
  JournalContent replayed;
  bool begun = resume;
  try {
    Journal journal = open_journal(spec, bench.conditions, directory, resume, replayed);
    begun = true;
    std::optional<HostedRun> hosted;
    if (!spec.config.search.queue.empty())
      hosted = hosted_run(spec, bench, journal_header(spec, bench.conditions));
    const SourceMaker make_source = hosted ? remote_source(*hosted) : local_source(bench);
    const SearchClock clock(spec.config.search, replayed.elapsed);
    SearchResult result =
        SearchLoop(spec, bench, make_source, clock, journal, replayed, progress).run();
    // The best of one shard need not be among the best of all.
    if (spec.config.search.refine && !spec.search.shard.is_part())
      refine(result, spec, bench, make_source, clock, journal, replayed, progress);
    find_fronts(result.ranking, result.rule);
    if (hosted) end_hosted_run(*hosted);
    journal.require_intact();  // the folder is still the run's
    result.settings = score_identity(spec.config, bench.conditions, {});
    write_result_files(result, spec, directory);
    return result;
  } catch (const Interrupted& interrupt) {
    throw Interrupted(interrupt.signal(), interrupt.what() + how_to_resume);
  } catch (const NoFeasibleError&) {
    // Nothing was found, so the folder stays free for the same search with other constraints.
    std::error_code ignored;
    if (replayed.header.is_null()) {
      if (!had_journal) std::filesystem::remove(directory.journal(), ignored);
      if (!had_config) std::filesystem::remove(directory.config(), ignored);
    }
    throw;
  } catch (const RunError& failure) {
    throw RunError(failure.what() +
                   (begun ? how_to_resume : "; nothing was evaluated yet: start the search again"));
  }
}

std::string retry_command(const SearchResult& result, const Config& config,
                          const RunDirectory& directory) {
  std::string command = resume_command(directory);
  if (result.ended_by == EndedBy::max_seconds) {
    command += fmt::format(" --max-seconds {:.0f}",
                           std::ceil(result.timing.seconds + *config.search.max_seconds));
  }
  if (config.run.max_memory) command += fmt::format(" --max-memory {}", 2 * *config.run.max_memory);
  return command;
}

std::string describe_work(const RunSpec& spec) {
  const Config& config = spec.config;
  const SearchSpace& space = *spec.space;
  const SearchSpec& search = spec.search;
  const ConstrainedSpace feasible(space, search.limits, config.search.dedupe);
  const std::int64_t budget = search.most_proposals(search.make_strategy(feasible)->proposals());
  Rng rng(search.seed);
  constexpr int sampled = 100;
  double flops = 0;
  for (int i = 0; i < sampled; ++i) {
    flops +=
        static_cast<double>(
            space.costs(space.representative(feasible.sample(rng), config.search.dedupe)).flops) /
        sampled;
  }
  // A multiply-accumulate is two operations; the backward pass, without gradients of weights, costs
  // as much as the forward pass.
  const double giga = flops * config.data.batch_size * 4 / 1e9;
  const std::int64_t refined = std::min(config.search.refine.value_or(0), budget);
  const std::int64_t passes =
      (config.search.refine ? budget : 0) + (refined > 0 ? refined : budget) * config.score.repeats;
  std::string text = fmt::format(
      "work: up to {} of '{}' by '{}', about {:.1f} GFLOP a forward and backward pass of an "
      "architecture, {:.1f} TFLOP for all",
      counted(budget, "proposal"), space.name(), config.search.strategy, giga,
      giga * static_cast<double>(passes) / 1e3);
  if (config.search.max_seconds) text += fmt::format(", at most {} s", *config.search.max_seconds);
  if (refined > 0)
    text += fmt::format(", and then {} of weights for the best {}",
                        counted(config.score.repeats, "draw"), refined);
  return text + "; nothing was run";
}

}  // namespace wrcor

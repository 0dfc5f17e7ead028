#include "internal/refinement.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "eval/evaluator.h"
#include "run/interrupt.h"

namespace wrcor {
namespace {

/// The number of entries to refine: at most `most`, and only those with a value.
std::size_t refinable(const SearchResult& result, std::int64_t most) {
  const std::vector<Ranked>& ranking = result.ranking;
  const auto end = ranking.begin() + std::min<std::ptrdiff_t>(most, std::ssize(ranking));
  const auto first_without = std::find_if(ranking.begin(), end, [&](const Ranked& entry) {
    return !ranking_value(entry, result.rule);
  });
  return static_cast<std::size_t>(first_without - ranking.begin());
}

class Refinement {
 public:
  Refinement(SearchResult& result, const Workbench& bench, const SourceMaker& make_source,
             const SearchClock& clock, Journal& journal, const JournalContent& replayed,
             const ProgressSink& progress)
      : result_(result),
        bench_(bench),
        clock_(clock),
        replayed_(replayed),
        progress_(progress),
        source_(make_source(
            {bench.workers, bench.conditions.networks_per_batch, bench.evaluator->repeats()},
            {[&journal] { journal.require_intact(); },
             [this, &journal](const std::vector<Genotype>& genotypes,
                              const std::vector<Evaluation>& evaluations) {
               for (std::size_t k = 0; k < genotypes.size(); ++k) {
                 if (evaluations[k].status == Status::failed) continue;
                 journal.append_refined(bench_.space->format(genotypes[k]), evaluations[k],
                                        clock_.elapsed());
                 ++evaluated_;
               }
             }})) {}

  void run(std::size_t count) {
    std::vector<PendingEvaluation> pending;
    for (std::size_t i = 0; i < count; ++i) pending.push_back(evaluate(result_.ranking[i].arch));
    source_->flush();
    state_.stage = "refining";
    state_.total = static_cast<std::int64_t>(count);
    for (std::size_t i = 0; i < count; ++i) take_in(pending[i], result_.ranking[i]);
    rank_first(result_.ranking, count, result_.rule);
    count_statuses();
    result_.timing.seconds = clock_.elapsed();
    result_.timing.session_seconds = clock_.session();
    result_.timing.evaluated += evaluated_;
    result_.timing.worker_memory = bench_.evaluator->peak_memory();
  }

 private:
  PendingEvaluation evaluate(const std::string& arch) {
    const auto known = replayed_.refined.find(arch);
    const Genotype genotype = bench_.space->parse(arch);
    return known != replayed_.refined.end() ? source_->submit_known(genotype, known->second)
                                            : source_->submit(genotype);
  }

  void take_in(PendingEvaluation& pending, Ranked& entry) {
    pending.wait_while([this] {
      show_progress();
      if (const int signal = InterruptGuard::signal(); signal != 0) {
        source_->stop();
        throw Interrupted(signal, "interrupted; everything that was finished is in the journal");
      }
      if (clock_.ends_wait_for(*source_)) source_->drop();
      return true;
    });
    const std::optional<Evaluation> evaluation = pending.get_unless_dropped();
    if (!evaluation) throw clock_.without_workers(*source_, "refined " + entry.arch);
    if (evaluation->status == Status::failed) {
      spdlog::warn("{} keeps the score of one draw of weights", entry.arch);
    } else {
      entry.evaluation = *evaluation;
      ++result_.counts.refined;
    }
    ++state_.done;
    show_progress();
  }

  /// A score that is defined under one draw may be undefined under another.
  void count_statuses() {
    SearchCounts& counts = result_.counts;
    counts.ok = counts.degenerate = counts.not_applicable = counts.failed = 0;
    for (const Ranked& entry : result_.ranking)
      count_status(counts, entry.evaluation.unpacked().status);
  }

  void show_progress() {
    if (progress_) progress_(state_);
  }

  SearchResult& result_;
  const Workbench& bench_;
  const SearchClock& clock_;
  const JournalContent& replayed_;
  const ProgressSink& progress_;
  ProgressState state_;
  std::atomic<std::int64_t> evaluated_{0};
  std::unique_ptr<EvaluationSource> source_;  ///< last: its threads use the members above
};

}  // namespace

void refine(SearchResult& result, const RunSpec& spec, const Workbench& bench,
            const SourceMaker& make_source, const SearchClock& clock, Journal& journal,
            const JournalContent& replayed, const ProgressSink& progress) {
  Refinement(result, bench, make_source, clock, journal, replayed, progress)
      .run(refinable(result, *spec.config.search.refine));
}

}  // namespace wrcor

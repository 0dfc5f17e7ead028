#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "queue/evaluation_source.h"
#include "record/journal.h"
#include "record/search_result.h"
#include "run/internal/search_clock.h"
#include "search/search_course.h"
#include "wrcor/record/progress.h"
#include "wrcor/run/workbench.h"

namespace wrcor {

/// Runs the course of a search: gets the evaluations of its classes, from a source or from the
/// journal of earlier sessions, and ends the course when the time is up.
class SearchLoop {
 public:
  /// @param replayed  evaluations of earlier sessions, which the loop takes out one by one;
  ///                  outlives the loop, as do the others
  /// @param make_source  of the evaluations
  SearchLoop(const RunSpec& spec, const Workbench& bench, const SourceMaker& make_source,
             const SearchClock& clock, Journal& journal, JournalContent& replayed,
             ProgressSink progress);

  /// @throws NoFeasibleError; RunError; Interrupted after a signal, once all started evaluations
  /// are in the journal
  SearchResult run();

 private:
  /// The evaluation of a class that the course has met.
  struct Evaluated {
    PendingEvaluation pending = {};    ///< until it is settled; none in another shard
    PackedEvaluation evaluation = {};  ///< once it is settled
  };

  bool caught_up() const;
  bool may_drop() const;
  void require_first_evaluation() const;

  void follow_course();
  bool is_in_shard(const ProposedClass& met) const;
  bool start(const ProposedClass& met);
  PendingEvaluation evaluate(const ProposedClass& met);
  void attend();
  bool settle(const ProposedClass& of);
  void note_told();
  [[noreturn]] void stop_for(int signal);
  void show_progress();
  std::optional<double> seconds_left() const;
  SearchResult result();
  void require_architectures() const;

  const RunSpec& spec_;
  const Workbench& bench_;
  const SearchClock& clock_;
  Journal& journal_;
  JournalContent& replayed_;
  std::size_t journaled_;  ///< classes in the replayed journal
  ProgressSink progress_;
  SearchCourse course_;
  int networks_per_batch_;
  double flops_left_ = 0;  ///< of future proposals, if known
  ProgressState state_;
  std::string started_;
  std::deque<Evaluated> evaluations_;      ///< by number of the class
  std::size_t in_shard_ = 0;               ///< of them that this shard evaluates
  const ProposedClass* leader_ = nullptr;  ///< whose score the progress shows as the best
  std::int64_t last_replayed_ = -1;        ///< number of the last proposal known to the journal
  std::atomic<std::int64_t> evaluated_{0};
  std::unique_ptr<EvaluationSource> source_;  ///< last: its threads use the members above
};

}  // namespace wrcor

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "record/journal.h"
#include "record/search_result.h"
#include "run/evaluation_queue.h"
#include "score/standings.h"
#include "wrcor/record/progress.h"
#include "wrcor/run/workbench.h"
#include "wrcor/search/strategy.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {

/// One search, from its first proposal to its last: asks the strategy, evaluates every class of
/// architectures once, and tells the strategy the outcomes in the order of asking, a fixed window
/// later.
class SearchLoop {
 public:
  /// @param replayed  what an earlier session evaluated, which the loop takes out one by one;
  /// outlives the loop, as do the others
  SearchLoop(const RunSpec& spec, const Workbench& bench, Journal& journal,
             JournalContent& replayed, ProgressSink progress);

  /// @throws NoFeasibleError; RunError; Interrupted when a signal has arrived and all started
  /// evaluations are
  ///         in the journal
  SearchResult run();

 private:
  using Clock = std::chrono::steady_clock;

  /// A class of architectures that has been proposed.
  struct Class {
    Genotype representative;
    PendingEvaluation pending;  ///< until it is settled
    std::int64_t first_seen = 0;
    PackedEvaluation evaluation = {};        ///< once it is settled
    std::optional<std::size_t> number = {};  ///< number in the Standings, once known
  };

  struct Proposal {
    Genotype genotype;
    Class* of = nullptr;
    Rejections rejected = {};  ///< up to this proposal
  };

  double session_seconds() const;
  double elapsed() const { return replayed_.elapsed + session_seconds(); }
  bool out_of_time() const;
  bool caught_up() const;
  bool may_drop() const;

  EndedBy propose();
  std::optional<Genotype> ask();
  bool enter(const Genotype& genotype, std::int64_t number);
  PendingEvaluation evaluate(const std::string& arch, const Genotype& genotype);
  bool settle_oldest();
  void leave_out_dropped();
  void count_rejected(const Rejections& rejected);
  void note_best(const Evaluation& evaluation);
  [[noreturn]] void stop_for(int signal);
  void show_progress();
  std::optional<double> seconds_left() const;
  SearchResult result();

  const RunSpec& spec_;
  const Workbench& bench_;
  Journal& journal_;
  JournalContent& replayed_;
  std::size_t journaled_;  ///< classes in the replayed journal
  ProgressSink progress_;
  Standings standings_;  ///< of the classes known to the strategy
  ConstrainedSpace space_;
  std::unique_ptr<SearchStrategy> strategy_;
  std::int64_t in_flight_;  ///< maximum number of unsettled proposals
  int networks_per_batch_;
  int workers_;
  double flops_left_ = 0;  ///< of future proposals, if known
  ProgressState state_;
  std::optional<double> best_order_;  ///< Score::order() of the best so far
  SearchCounts counts_;
  Clock::time_point start_ = Clock::now();
  std::string started_;
  std::map<std::string, Class> classes_;  ///< by architecture string of the representative
  std::deque<Proposal> pending_;
  std::int64_t last_replayed_ = -1;  ///< number of the last proposal known to the journal
  bool dropped_ = false;             ///< proposals, because the time was up
  std::atomic<std::int64_t> evaluated_{0};
  EvaluationQueue queue_;  ///< last: its threads use the members above and end first
};

}  // namespace wrcor

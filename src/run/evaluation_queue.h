#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

#include "core/worker_pool.h"
#include "run/duration_model.h"
#include "wrcor/run/workbench.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

class EvaluationQueue;

/// An evaluation that may not be finished yet.
class PendingEvaluation {
 public:
  PendingEvaluation() = default;
  /// A finished one.
  explicit PendingEvaluation(Evaluation known);

  bool valid() const { return result_.valid(); }
  /// Starts it if it still waits for others to fill its batch, then waits for it.
  /// @return whether it is finished
  bool wait_for(std::chrono::milliseconds time);
  /// Waits until it is finished.
  /// @param goes_on  called before the wait and repeatedly during it: whether to keep waiting; may
  ///                 throw to give up
  void wait_while(const std::function<bool()>& goes_on);
  /// As std::future::get().
  Evaluation get() { return result_.get(); }
  /// The same; nothing if the queue dropped it before it started.
  std::optional<Evaluation> get_unless_dropped();

 private:
  friend class EvaluationQueue;
  std::future<Evaluation> result_;
  EvaluationQueue* queue_ = nullptr;  ///< null for a finished one
  std::uint64_t number_ = 0;
};

/// Actions of a worker around an evaluation; both may throw, which fails the evaluation.
struct EvaluationHooks {
  std::function<void()> before = {};  ///< a batch
  std::function<void(const Genotype&, const Evaluation&)> after = {};
};

/// What the evaluations of a queue have in common.
struct QueueShape {
  int workers = 1;
  int networks_per_batch = 1;
  int repeats = 1;  ///< that each score is averaged over
};

/// Evaluates genotypes on several workers. Consecutive ones form a batch: its composition depends
/// only on the order of submission.
class EvaluationQueue {
 public:
  /// @param bench  outlives the queue
  /// @throws RunError when the system does not give the threads
  EvaluationQueue(const Workbench& bench, const QueueShape& shape, EvaluationHooks hooks = {});

  PendingEvaluation submit(const Genotype& genotype);

  /// Starts an incomplete batch: no more genotypes will come.
  void flush();

  /// Drops the batches that have not started: get() throws std::future_error for them.
  void drop();

  /// Finishes the batches that have started and drops the others.
  void stop();

  /// Seconds that this many more evaluations will take on all workers together, see DurationModel.
  std::optional<double> seconds_left(std::int64_t evaluations, double flops) const;

 private:
  friend class PendingEvaluation;

  struct Waiting {
    Genotype genotype;
    std::promise<Evaluation> result;
  };

  void start_up_to(std::uint64_t number);
  void evaluate(std::vector<Waiting>& batch);
  void learn(const std::vector<Evaluation>& evaluations, double seconds);

  const Workbench& bench_;
  QueueShape shape_;
  EvaluationHooks hooks_;
  std::vector<Waiting> waiting_;
  std::uint64_t submitted_ = 0;
  mutable std::mutex mutex_;  ///< guards the durations
  DurationModel durations_;
  WorkerPool pool_;  ///< last: its threads use the members above and end first
};

}  // namespace wrcor

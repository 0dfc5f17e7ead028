#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/score/evaluation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

class EvaluationSource;

/// An evaluation that may not be finished yet.
class PendingEvaluation {
 public:
  PendingEvaluation() = default;
  /// A finished one.
  explicit PendingEvaluation(Evaluation known);
  /// The same, with a place in a batch of a source.
  PendingEvaluation(Evaluation known, EvaluationSource& source, std::uint64_t number);
  /// One of a source. @param number  of the genotype, in the order of submission
  PendingEvaluation(std::future<Evaluation> result, EvaluationSource& source, std::uint64_t number);

  bool valid() const { return result_.valid(); }
  /// Starts it if it is still waiting for its batch to fill, then waits for it.
  /// @return whether it is finished
  bool wait_for(std::chrono::milliseconds time);
  /// Waits until it is finished.
  /// @param keeps_waiting  called before the wait and repeatedly during it: whether to keep
  /// waiting; may
  ///                 throw to give up
  void wait_while(const std::function<bool()>& keeps_waiting);
  /// As std::future::get().
  Evaluation get() { return result_.get(); }
  /// The same; nothing if the source dropped it before it started.
  std::optional<Evaluation> get_unless_dropped();

 private:
  std::future<Evaluation> result_;
  EvaluationSource* source_ = nullptr;  ///< null for a finished one
  std::uint64_t number_ = 0;
};

/// Actions around evaluations, on a thread of the source; both may throw, which fails them.
struct EvaluationHooks {
  std::function<void()> before = {};  ///< a batch
  /// Evaluations that have been made, of one batch or several.
  std::function<void(const std::vector<Genotype>&, const std::vector<Evaluation>&)> after = {};
};

/// Properties that the evaluations of a source have in common.
struct SourceShape {
  int workers = 1;  ///< of this process
  int networks_per_batch = 1;
  int repeats = 1;  ///< that each score is averaged over
};

/// Evaluates genotypes, wherever that happens. Consecutive ones form a batch: its composition
/// depends only on the order of submission. Used by one thread.
class EvaluationSource {
 public:
  explicit EvaluationSource(int networks_per_batch) : networks_per_batch_(networks_per_batch) {}
  virtual ~EvaluationSource() = default;
  EvaluationSource(const EvaluationSource&) = delete;
  EvaluationSource& operator=(const EvaluationSource&) = delete;

  PendingEvaluation submit(const Genotype& genotype);
  /// An evaluation that is already known, such as from the journal of a resumed run: it takes its
  /// place in a batch, so that batches have the same members, and bits, as in a run that was never
  /// interrupted. A batch of known evaluations is not evaluated.
  PendingEvaluation submit_known(const Genotype& genotype, Evaluation known);
  /// Starts an incomplete batch: no more genotypes will come.
  void flush();
  /// Starts the batch of a genotype, complete or not. @param number  in the order of submission
  void start_up_to(std::uint64_t number);

  /// Drops the batches that have not started, and those that nobody can deliver now: get() throws
  /// std::future_error for them.
  virtual void drop() = 0;
  /// Also drops the other batches, unless this process finishes them itself; ends all work.
  virtual void stop() = 0;

  /// Why nobody evaluates now, such as that no worker is present; empty: somebody does, or may
  /// soon.
  virtual std::string why_idle() const { return {}; }
  /// Seconds that this many more evaluations will take, if that is known.
  virtual std::optional<double> seconds_left(std::int64_t evaluations, double flops) const = 0;
  /// How many workers there were.
  virtual int workers() const = 0;
  /// What computed the scores, one text for each kind; empty: this process.
  virtual std::vector<std::string> platforms() const { return {}; }

 protected:
  struct Waiting {
    Genotype genotype;
    std::promise<Evaluation> result;
    bool is_known = false;  ///< nobody waits for the result
  };
  using Batch = std::vector<Waiting>;

  virtual void start(Batch batch) = 0;
  /// Selects the evaluations of a batch that are to be reported: those that were not known.
  static void take_new(const Batch& batch, const std::vector<Evaluation>& evaluations,
                       std::vector<Genotype>& new_genotypes,
                       std::vector<Evaluation>& new_evaluations);
  /// Drops an incomplete batch.
  void clear_waiting() { waiting_.clear(); }

 private:
  int networks_per_batch_;
  Batch waiting_;
  std::uint64_t submitted_ = 0;
};

/// Makes the source of one stage of a search.
using SourceMaker =
    std::function<std::unique_ptr<EvaluationSource>(const SourceShape&, EvaluationHooks)>;

}  // namespace wrcor

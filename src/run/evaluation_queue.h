#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/worker_pool.h"
#include "queue/evaluation_source.h"
#include "run/duration_model.h"
#include "wrcor/run/workbench.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Evaluates genotypes on several workers of this process.
class EvaluationQueue final : public EvaluationSource {
 public:
  /// @param bench  outlives the queue
  /// @throws RunError when the system does not give the threads
  EvaluationQueue(const Workbench& bench, const SourceShape& shape, EvaluationHooks hooks = {});

  void drop() override;
  /// Finishes the batches that have started and drops the others.
  void stop() override;
  /// See DurationModel.
  std::optional<double> seconds_left(std::int64_t evaluations, double flops) const override;
  int workers() const override { return shape_.workers; }

 private:
  void start(Batch batch) override;
  void evaluate(Batch& batch);
  void learn(const std::vector<Evaluation>& evaluations, double seconds);

  const Workbench& bench_;
  SourceShape shape_;
  EvaluationHooks hooks_;
  mutable std::mutex mutex_;  ///< guards the durations
  DurationModel durations_;
  WorkerPool pool_;  ///< last: its threads use the members above and end first
};

/// Makes such sources. @param bench  outlives them
SourceMaker local_source(const Workbench& bench);

}  // namespace wrcor

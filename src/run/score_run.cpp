#include "wrcor/run/score_run.h"
#include "core/counted.h"
#include "eval/evaluator.h"

#include <deque>
#include <optional>

#include "minibatch/tensor_file.h"
#include "nn/weights.h"
#include "run/evaluation_queue.h"
#include "run/interrupt.h"

namespace wrcor {

void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         const EvaluationSink& sink, const ProgressSink& progress) {
  score_architectures(bench, architectures, bench.evaluator->repeats(), sink, progress);
}

void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         int repeats, const EvaluationSink& sink, const ProgressSink& progress) {
  const InterruptGuard guard;
  const int networks_per_batch = bench.conditions.networks_per_batch;
  EvaluationQueue queue(bench, SourceShape{bench.workers, networks_per_batch, repeats});
  std::deque<PendingEvaluation> pending;
  ProgressState state;
  state.total = static_cast<std::int64_t>(architectures.size());
  double flops_left = 0;
  for (const Genotype& genotype : architectures)
    flops_left += static_cast<double>(bench.space->costs(genotype).flops);
  const auto most_pending = static_cast<std::size_t>(2 * bench.workers * networks_per_batch);
  std::size_t next = 0;
  const auto refill = [&] {
    for (; next < architectures.size() && pending.size() < most_pending &&
           InterruptGuard::signal() == 0;
         ++next)
      pending.push_back(queue.submit(architectures[next]));
    if (next == architectures.size()) queue.flush();
  };
  const auto show_progress = [&] {
    state.seconds_left = queue.seconds_left(state.total - state.done, flops_left);
    if (progress) progress(state);
  };
  // After a signal, started evaluations are finished; the others are dropped and have no result.
  const auto oldest = [&]() -> std::optional<Evaluation> {
    pending.front().wait_while([&] {
      show_progress();
      return InterruptGuard::signal() == 0;
    });
    if (InterruptGuard::signal() != 0) queue.stop();
    return pending.front().get_unless_dropped();
  };
  for (refill(); !pending.empty(); refill()) {
    const std::optional<Evaluation> found = oldest();
    if (!found) break;
    const Evaluation& evaluation = *found;
    {
      const InterruptibleWait wait;
      sink(bench.space->format(architectures[static_cast<std::size_t>(state.done)]), evaluation);
    }
    pending.pop_front();
    flops_left -= static_cast<double>(evaluation.costs.flops);
    state.evaluated = ++state.done;
    show_progress();
  }
  if (state.done < state.total) {
    throw Interrupted(InterruptGuard::signal(), "interrupted after " + std::to_string(state.done) +
                                                    " of " + counted(state.total, "architecture"));
  }
}

Evaluation score_with_weights(const Workbench& bench, const Genotype& architecture,
                              const std::filesystem::path& weights) {
  const StateDict state(weights.string(), load_weights_file(weights),
                        bench.space->plan(architecture), bench.evaluator->device());
  return bench.evaluator->evaluate(architecture, state);
}

}  // namespace wrcor

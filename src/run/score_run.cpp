#include "wrcor/run/score_run.h"

#include <chrono>
#include <deque>
#include <future>

#include "wrcor/batch/tensor_file.h"
#include "wrcor/core/worker_pool.h"
#include "wrcor/eval/device.h"
#include "wrcor/nn/weights.h"
#include "wrcor/run/interrupt.h"

namespace wrcor {

void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         const EvaluationSink& sink, const ProgressSink& progress) {
  const InterruptGuard guard;
  const Evaluator& evaluator = *bench.evaluator;
  std::deque<std::future<Evaluation>> pending;
  ProgressState state;
  state.total = static_cast<std::int64_t>(architectures.size());
  const auto most_pending = static_cast<std::size_t>(2 * bench.workers);
  std::size_t next = 0;
  WorkerPool pool(bench.workers, [threads = bench.threads] { configure_thread(threads); });
  const auto refill = [&] {
    for (; next < architectures.size() && pending.size() < most_pending &&
           InterruptGuard::signal() == 0;
         ++next) {
      pending.push_back(pool.submit(
          [&evaluator, &genotype = architectures[next]] { return evaluator.evaluate(genotype); }));
    }
  };
  for (refill(); !pending.empty(); refill()) {
    while (pending.front().wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
      if (progress) progress(state);
    }
    const Evaluation evaluation = pending.front().get();
    sink(bench.space->format(architectures[static_cast<std::size_t>(state.done)]), evaluation);
    pending.pop_front();
    state.evaluated = ++state.done;
    if (progress) progress(state);
  }
  if (state.done < state.total) {
    throw Interrupted(InterruptGuard::signal(), "interrupted after " + std::to_string(state.done) +
                                                    " of " + std::to_string(state.total) +
                                                    " architectures");
  }
}

Evaluation score_with_weights(const Workbench& bench, const Genotype& architecture,
                              const std::filesystem::path& weights) {
  const StateDict state(weights.string(), load_tensor_file(weights),
                        bench.space->plan(architecture), bench.evaluator->device());
  return bench.evaluator->evaluate(architecture, state);
}

}  // namespace wrcor

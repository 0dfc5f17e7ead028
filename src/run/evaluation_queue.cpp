#include "run/evaluation_queue.h"

#include <chrono>
#include <exception>
#include <utility>

#include "eval/device.h"
#include "eval/evaluator.h"

namespace wrcor {

EvaluationQueue::EvaluationQueue(const Workbench& bench, const SourceShape& shape,
                                 EvaluationHooks hooks)
    : EvaluationSource(shape.networks_per_batch),
      bench_(bench),
      shape_(shape),
      hooks_(std::move(hooks)),
      pool_(shape.workers, [threads = bench.threads, device = bench.evaluator->device()] {
        configure_thread(threads);
        use_own_stream(device);
      }) {}

void EvaluationQueue::start(Batch batch) {
  auto shared = std::make_shared<Batch>(std::move(batch));
  pool_.submit([this, shared] { evaluate(*shared); });
}

/// On a worker.
void EvaluationQueue::evaluate(Batch& batch) {
  try {
    if (hooks_.before) hooks_.before();
    std::vector<Genotype> genotypes;
    for (const Waiting& waiting : batch) genotypes.push_back(waiting.genotype);
    const auto start = std::chrono::steady_clock::now();
    std::vector<Evaluation> evaluations =
        bench_.evaluator->evaluate_batch(genotypes, shape_.repeats);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    learn(evaluations, seconds.count());
    std::vector<Genotype> new_genotypes;
    std::vector<Evaluation> new_evaluations;
    take_new(batch, evaluations, new_genotypes, new_evaluations);
    if (hooks_.after) hooks_.after(new_genotypes, new_evaluations);
    for (std::size_t k = 0; k < batch.size(); ++k)
      batch[k].result.set_value(std::move(evaluations[k]));
  } catch (...) {
    for (Waiting& waiting : batch) waiting.result.set_exception(std::current_exception());
  }
}

void EvaluationQueue::learn(const std::vector<Evaluation>& evaluations, double seconds) {
  double flops = 0;
  for (const Evaluation& evaluation : evaluations)
    flops += static_cast<double>(evaluation.costs.flops);
  const std::lock_guard lock(mutex_);
  durations_.add(static_cast<std::int64_t>(evaluations.size()), flops, seconds);
}

void EvaluationQueue::drop() {
  clear_waiting();
  pool_.drop();
}

void EvaluationQueue::stop() {
  clear_waiting();
  pool_.stop();
}

std::optional<double> EvaluationQueue::seconds_left(std::int64_t evaluations, double flops) const {
  const std::lock_guard lock(mutex_);
  const std::optional<double> seconds = durations_.seconds(evaluations, flops);
  return seconds ? std::optional(*seconds / shape_.workers) : std::nullopt;
}

SourceMaker local_source(const Workbench& bench) {
  return [&bench](const SourceShape& shape, EvaluationHooks hooks) {
    return std::make_unique<EvaluationQueue>(bench, shape, std::move(hooks));
  };
}

}  // namespace wrcor

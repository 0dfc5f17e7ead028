#include "run/evaluation_queue.h"
#include "eval/evaluator.h"

#include "eval/device.h"

namespace wrcor {

PendingEvaluation::PendingEvaluation(Evaluation known) {
  std::promise<Evaluation> promise;
  promise.set_value(std::move(known));
  result_ = promise.get_future();
}

bool PendingEvaluation::wait_for(std::chrono::milliseconds time) {
  if (queue_ != nullptr) queue_->start_up_to(number_);
  return result_.wait_for(time) == std::future_status::ready;
}

void PendingEvaluation::wait_while(const std::function<bool()>& goes_on) {
  constexpr std::chrono::milliseconds a_while(50);
  while (goes_on() && !wait_for(a_while)) {
  }
}

std::optional<Evaluation> PendingEvaluation::get_unless_dropped() {
  try {
    return result_.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

EvaluationQueue::EvaluationQueue(const Workbench& bench, const QueueShape& shape,
                                 EvaluationHooks hooks)
    : bench_(bench),
      shape_(shape),
      hooks_(std::move(hooks)),
      pool_(shape.workers, [threads = bench.threads, device = bench.evaluator->device()] {
        configure_thread(threads);
        use_own_stream(device);
      }) {}

PendingEvaluation EvaluationQueue::submit(const Genotype& genotype) {
  Waiting& waiting = waiting_.emplace_back(Waiting{genotype, {}});
  PendingEvaluation pending;
  pending.result_ = waiting.result.get_future();
  pending.queue_ = this;
  pending.number_ = submitted_++;
  if (std::ssize(waiting_) == shape_.networks_per_batch) flush();
  return pending;
}

void EvaluationQueue::start_up_to(std::uint64_t number) {
  if (number + waiting_.size() >= submitted_) flush();
}

void EvaluationQueue::flush() {
  if (waiting_.empty()) return;
  auto batch = std::make_shared<std::vector<Waiting>>(std::exchange(waiting_, {}));
  pool_.submit([this, batch] { evaluate(*batch); });
}

/// On a worker.
void EvaluationQueue::evaluate(std::vector<Waiting>& batch) {
  std::size_t done = 0;
  try {
    if (hooks_.before) hooks_.before();
    std::vector<Genotype> genotypes;
    for (const Waiting& waiting : batch) genotypes.push_back(waiting.genotype);
    const auto start = std::chrono::steady_clock::now();
    std::vector<Evaluation> evaluations =
        bench_.evaluator->evaluate_batch(genotypes, shape_.repeats);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    learn(evaluations, seconds.count());
    for (; done < batch.size(); ++done) {
      if (hooks_.after) hooks_.after(genotypes[done], evaluations[done]);
      batch[done].result.set_value(std::move(evaluations[done]));
    }
  } catch (...) {
    for (; done < batch.size(); ++done) batch[done].result.set_exception(std::current_exception());
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
  waiting_.clear();
  pool_.drop();
}

void EvaluationQueue::stop() {
  waiting_.clear();
  pool_.stop();
}

std::optional<double> EvaluationQueue::seconds_left(std::int64_t evaluations, double flops) const {
  const std::lock_guard lock(mutex_);
  const std::optional<double> seconds = durations_.seconds(evaluations, flops);
  return seconds ? std::optional(*seconds / shape_.workers) : std::nullopt;
}

}  // namespace wrcor

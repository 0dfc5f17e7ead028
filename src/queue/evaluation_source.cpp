#include "queue/evaluation_source.h"

#include <algorithm>
#include <utility>

namespace wrcor {

PendingEvaluation::PendingEvaluation(Evaluation known) {
  std::promise<Evaluation> promise;
  promise.set_value(std::move(known));
  result_ = promise.get_future();
}

PendingEvaluation::PendingEvaluation(Evaluation known, EvaluationSource& source,
                                     std::uint64_t number)
    : PendingEvaluation(std::move(known)) {
  source_ = &source;
  number_ = number;
}

PendingEvaluation::PendingEvaluation(std::future<Evaluation> result, EvaluationSource& source,
                                     std::uint64_t number)
    : result_(std::move(result)), source_(&source), number_(number) {}

bool PendingEvaluation::wait_for(std::chrono::milliseconds time) {
  if (source_ != nullptr) source_->start_up_to(number_);
  return result_.wait_for(time) == std::future_status::ready;
}

void PendingEvaluation::wait_while(const std::function<bool()>& keeps_waiting) {
  constexpr std::chrono::milliseconds a_while(50);
  while (keeps_waiting() && !wait_for(a_while)) {
  }
}

std::optional<Evaluation> PendingEvaluation::get_unless_dropped() {
  try {
    return result_.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

PendingEvaluation EvaluationSource::submit(const Genotype& genotype) {
  Waiting& waiting = waiting_.emplace_back(Waiting{genotype, {}, false});
  PendingEvaluation pending(waiting.result.get_future(), *this, submitted_++);
  if (std::ssize(waiting_) == networks_per_batch_) flush();
  return pending;
}

PendingEvaluation EvaluationSource::submit_known(const Genotype& genotype, Evaluation known) {
  waiting_.push_back({genotype, {}, true});
  PendingEvaluation pending(std::move(known), *this, submitted_++);
  if (std::ssize(waiting_) == networks_per_batch_) flush();
  return pending;
}

void EvaluationSource::start_up_to(std::uint64_t number) {
  if (number + waiting_.size() >= submitted_) flush();
}

void EvaluationSource::flush() {
  Batch batch = std::exchange(waiting_, {});
  const bool is_new = std::ranges::any_of(batch, [](const auto& one) { return !one.is_known; });
  if (is_new) start(std::move(batch));
}

void EvaluationSource::take_new(const Batch& batch, const std::vector<Evaluation>& evaluations,
                                std::vector<Genotype>& new_genotypes,
                                std::vector<Evaluation>& new_evaluations) {
  for (std::size_t k = 0; k < batch.size(); ++k) {
    if (batch[k].is_known) continue;
    new_genotypes.push_back(batch[k].genotype);
    new_evaluations.push_back(evaluations[k]);
  }
}

}  // namespace wrcor

#include "queue/evaluation_source.h"

#include <utility>

namespace wrcor {

PendingEvaluation::PendingEvaluation(Evaluation known) {
  std::promise<Evaluation> promise;
  promise.set_value(std::move(known));
  result_ = promise.get_future();
}

PendingEvaluation::PendingEvaluation(std::future<Evaluation> result, EvaluationSource& source,
                                     std::uint64_t number)
    : result_(std::move(result)), source_(&source), number_(number) {}

bool PendingEvaluation::wait_for(std::chrono::milliseconds time) {
  if (source_ != nullptr) source_->start_up_to(number_);
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

PendingEvaluation EvaluationSource::submit(const Genotype& genotype) {
  Waiting& waiting = waiting_.emplace_back(Waiting{genotype, {}});
  PendingEvaluation pending(waiting.result.get_future(), *this, submitted_++);
  if (std::ssize(waiting_) == networks_per_batch_) flush();
  return pending;
}

void EvaluationSource::start_up_to(std::uint64_t number) {
  if (number + waiting_.size() >= submitted_) flush();
}

void EvaluationSource::flush() {
  if (!waiting_.empty()) start(std::exchange(waiting_, {}));
}

}  // namespace wrcor

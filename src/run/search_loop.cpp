#include "internal/search_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "eval/device.h"
#include "eval/evaluator.h"
#include "record/run_folder.h"
#include "run/interrupt.h"
#include "wrcor/config/run_spec.h"

namespace wrcor {
namespace {

/// A strategy that learns from its outcomes sees those of all proposals but the last window; for
/// others there are many batches in flight. How many must not depend on the workers: it says which
/// networks are a batch.
std::int64_t most_in_flight(const RunSpec& spec, const Workbench& bench,
                            const SearchStrategy& strategy) {
  constexpr std::int64_t batches = 16;
  const std::int64_t window = spec.search.window;
  return strategy.learns() ? window
                           : std::max(window, batches * bench.conditions.networks_per_batch);
}

/// Of all that the search will propose, for one image; 0 where that is not known.
double flops_of_proposals(const SearchSpec& search, const SearchSpace& space) {
  const ConstrainedSpace feasible(space, search.limits, search.options.dedupe);
  const auto strategy = search.make_strategy(feasible);
  if (!strategy->proposals()) return 0;
  double flops = 0;
  for (std::int64_t k = search.most_proposals(strategy->proposals()); k > 0; --k)
    flops += static_cast<double>(space.costs(*strategy->ask()).flops);
  return flops;
}

/// More workers than batches in flight would be idle.
int useful_workers(const Workbench& bench, std::int64_t in_flight, int networks_per_batch) {
  const auto batches = static_cast<int>((in_flight + networks_per_batch - 1) / networks_per_batch);
  if (bench.workers <= batches) return bench.workers;
  spdlog::info("{} of {} workers are used: no more proposals than --window are in flight", batches,
               bench.workers);
  return batches;
}

}  // namespace

SearchLoop::SearchLoop(const RunSpec& spec, const Workbench& bench, Journal& journal,
                       JournalContent& replayed, ProgressSink progress)
    : spec_(spec),
      bench_(bench),
      journal_(journal),
      replayed_(replayed),
      journaled_(replayed.evaluations.size() + replayed.failures.size()),
      progress_(std::move(progress)),
      standings_(spec.rule),
      space_(*bench.space, spec.search.limits, spec.search.options.dedupe),
      strategy_(spec.search.make_strategy(space_,
                                          [this](const Outcome& a, const Outcome& b) {
                                            return standings_.prefers(a.number, b.number);
                                          })),
      in_flight_(most_in_flight(spec, bench, *strategy_)),
      networks_per_batch_(static_cast<int>(
          std::min<std::int64_t>(bench.conditions.networks_per_batch, in_flight_))),
      workers_(useful_workers(bench, in_flight_, networks_per_batch_)),
      started_(utc_now()),
      queue_(bench,
             {workers_, networks_per_batch_,
              spec.config.search.refine ? 1 : bench.evaluator->repeats()},
             {// What cannot be kept is not worth computing.
              [this] { journal_.require_intact(); },
              [this](const Genotype& genotype, const Evaluation& evaluation) {
                journal_.append(space_.format(genotype), evaluation, elapsed());
                ++evaluated_;
              }}) {}

SearchResult SearchLoop::run() {
  EndedBy ended_by = propose();
  state_.total = counts_.asked;
  queue_.flush();
  while (!pending_.empty() && settle_oldest()) {
  }
  if (dropped_) ended_by = EndedBy::max_seconds;
  if (ended_by == EndedBy::max_seconds)
    spdlog::info("stopped by --max-seconds after {} proposals", counts_.asked);
  SearchResult found = result();
  found.ended_by = ended_by;
  return found;
}

/// Enters proposals until the end; then all but those in flight are settled.
EndedBy SearchLoop::propose() {
  const std::optional<std::uint64_t> all = strategy_->proposals();
  state_.total = spec_.search.most_proposals(all);
  flops_left_ = flops_of_proposals(spec_.search, *bench_.space);
  for (std::int64_t k = 0; k < state_.total; ++k) {
    if (k >= in_flight_ && !settle_oldest()) return EndedBy::max_seconds;
    const std::optional<Genotype> proposal = ask();
    if (!proposal) return EndedBy::exhausted;
    if (!enter(*proposal, k)) return EndedBy::max_seconds;
    ++counts_.asked;
  }
  const bool none_left = all && state_.total == static_cast<std::int64_t>(*all);
  return none_left ? EndedBy::exhausted : EndedBy::budget;
}

double SearchLoop::session_seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

bool SearchLoop::out_of_time() const {
  const std::optional<double>& most = spec_.config.search.max_seconds;
  return most && elapsed() >= *most;
}

/// Whether the run has reached the end of the journal of earlier sessions. Evaluations that were in
/// flight then are repeated. Once a failure that now succeeds leads the strategy elsewhere, the
/// rest of the journal is not waited for.
bool SearchLoop::caught_up() const {
  const auto in_flight = static_cast<std::size_t>(in_flight_);
  return (replayed_.evaluations.empty() && replayed_.failures.empty()) ||
         classes_.size() >= journaled_ + in_flight;
}

/// Whether to drop evaluations that no worker has started, because the time is up. Proposals before
/// the last one that the journal knew are never dropped, nor is the very first.
bool SearchLoop::may_drop() const {
  return out_of_time() && state_.done > std::max<std::int64_t>(0, last_replayed_) && caught_up();
}

/// A strategy that finds no further feasible architecture ends the search; earlier results are
/// kept.
std::optional<Genotype> SearchLoop::ask() {
  try {
    return strategy_->ask();
  } catch (const NoFeasibleError& error) {
    if (classes_.empty()) throw;
    spdlog::warn("the search ends early: {}", error.what());
    return std::nullopt;
  }
}

/// Enters a proposal, unless it needs an evaluation and no time is left. Known evaluations cost no
/// time, and a resumed run always reaches the end of the journal that it continues.
bool SearchLoop::enter(const Genotype& genotype, std::int64_t number) {
  const Genotype representative = space_.representative(genotype, spec_.search.options.dedupe);
  const std::string arch = space_.format(representative);
  auto entry = classes_.find(arch);
  if (entry == classes_.end()) {
    const bool known = replayed_.evaluations.contains(arch) || replayed_.failures.contains(arch);
    if (!known && !classes_.empty() && caught_up() && out_of_time()) return false;
    if (known) last_replayed_ = number;
    entry =
        classes_.emplace(arch, Class{representative, evaluate(arch, representative), number}).first;
  }
  pending_.push_back({genotype, &entry->second, space_.rejected()});
  return true;
}

/// Failures are retried while time is left.
PendingEvaluation SearchLoop::evaluate(const std::string& arch, const Genotype& genotype) {
  if (auto known = replayed_.evaluations.extract(arch))
    return PendingEvaluation(std::move(known.mapped()));
  auto failure = replayed_.failures.extract(arch);
  if (failure && out_of_time()) return PendingEvaluation(std::move(failure.mapped()));
  return queue_.submit(genotype);
}

/// Waits for the oldest proposal, unless it is dropped together with all later ones.
/// @return whether it is settled
bool SearchLoop::settle_oldest() {
  const Proposal& oldest = pending_.front();
  Class& settled = *oldest.of;
  const auto attend = [this] {
    show_progress();
    if (const int signal = InterruptGuard::signal(); signal != 0) stop_for(signal);
    if (may_drop()) queue_.drop();
    return true;
  };
  if (settled.number) {
    attend();
  } else {
    settled.pending.wait_while(attend);
    const std::optional<Evaluation> evaluation = settled.pending.get_unless_dropped();
    if (!evaluation) {
      leave_out_dropped();
      return false;
    }
    settled.evaluation = *evaluation;
    settled.number = standings_.add(*evaluation);
    note_best(*evaluation);
    // If all proposals are known, each is a separate class.
    if (flops_left_ > 0) flops_left_ -= static_cast<double>(evaluation->costs.flops);
  }
  strategy_->tell({oldest.genotype, standings_.value(*settled.number), *settled.number});
  pending_.pop_front();
  ++state_.done;
  show_progress();
  return true;
}

/// The search ends where a search resumed after its time would end: before the first dropped
/// proposal, including its draws that the constraints rejected.
void SearchLoop::leave_out_dropped() {
  dropped_ = true;
  counts_.asked = state_.done;
  count_rejected(pending_.front().rejected);
  pending_.clear();
  std::erase_if(classes_, [](const auto& entry) { return !entry.second.number; });
}

void SearchLoop::count_rejected(const Rejections& rejected) {
  counts_.infeasible = rejected.all;
  counts_.without_cost = rejected.without_cost;
}

/// A vote has no best score.
void SearchLoop::note_best(const Evaluation& evaluation) {
  if (standings_.rule().is_vote()) return;
  const RankingMember& by = standings_.rule().members.front();
  const Score& score = evaluation.score(by.proxy);
  const std::optional<double> order = score.order();
  if (!order) return;
  const bool better = !best_order_ || (by.better == Direction::higher ? *order > *best_order_
                                                                      : *order < *best_order_);
  if (!better) return;
  best_order_ = order;
  state_.best = score.value;
}

void SearchLoop::stop_for(int signal) {
  queue_.stop();
  for (const Proposal& proposal : pending_) {
    if (proposal.of->pending.valid()) proposal.of->pending.get_unless_dropped();
  }
  throw Interrupted(signal, "interrupted; everything that was finished is in the journal");
}

void SearchLoop::show_progress() {
  state_.evaluated = evaluated_;
  if (state_.evaluated == 0) state_.replayed = state_.done;
  state_.seconds_left = seconds_left();
  if (progress_) progress_(state_);
}

/// If all future proposals are known: the cost of cells differs by a factor of ten, and their order
/// is not random.
std::optional<double> SearchLoop::seconds_left() const {
  if (flops_left_ == 0) return std::nullopt;
  return queue_.seconds_left(state_.total - state_.done, flops_left_);
}

SearchResult SearchLoop::result() {
  if (classes_.empty()) {
    throw NoFeasibleError("no architecture of " + space_.name() +
                          " satisfies the constraints; relax them");
  }
  // Frees the memory of the networks for the ranking and its output.
  queue_.stop();
  release_free_memory();
  SearchResult result;
  result.ranking.reserve(classes_.size());
  while (!classes_.empty()) {
    const auto node = classes_.extract(classes_.begin());
    Class& settled = node.mapped();
    count_status(counts_, settled.evaluation.unpacked().status);
    const Genotype canonical = space_.representative(settled.representative, Dedupe::strict);
    result.ranking.push_back(
        {node.key(), space_.format(canonical), std::move(settled.evaluation), settled.first_seen});
  }
  result.rule = standings_.rule();
  rank(result.ranking, result.rule);
  counts_.distinct = static_cast<std::int64_t>(result.ranking.size());
  if (!dropped_) count_rejected(space_.rejected());
  if (counts_.without_cost > 0) {
    spdlog::warn("{} of the draws that were infeasible have no cost in '{}'", counts_.without_cost,
                 spec_.search.limits.table->file);
  }
  result.counts = counts_;
  result.conditions = bench_.conditions;
  result.timing = {started_,
                   elapsed(),
                   evaluated_,
                   session_seconds(),
                   bench_.evaluator->device().str(),
                   workers_,
                   networks_per_batch_,
                   bench_.evaluator->peak_memory()};
  return result;
}

}  // namespace wrcor

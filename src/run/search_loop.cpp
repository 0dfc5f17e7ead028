#include "internal/search_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/counted.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "record/course_result.h"
#include "record/run_folder.h"
#include "run/interrupt.h"
#include "wrcor/config/run_spec.h"

namespace wrcor {
namespace {

/// With a strategy that does not learn, many batches are in flight, for a shard as many as without
/// shards. The number must not depend on the workers, because it determines which networks form a
/// batch.
std::int64_t in_flight_without_learning(const RunSpec& spec, const Workbench& bench) {
  constexpr std::int64_t batches_here = 16, batches_of_queue = 8192;
  const std::int64_t batches = spec.config.search.queue.empty() ? batches_here : batches_of_queue;
  return batches * bench.conditions.networks_per_batch *
         static_cast<std::int64_t>(spec.search.shard.count);
}

/// The FLOPs of all that the search will propose and its shard holds, for one image; 0 if they are
/// not known. @param batch  classes that are evaluated together: all proposals are different
double flops_of_proposals(const SearchSpec& search, const SearchSpace& space, std::size_t batch) {
  const ConstrainedSpace feasible(space, search.limits, search.options.dedupe);
  const auto strategy = search.make_strategy(feasible);
  if (!strategy->proposals()) return 0;
  double flops = 0;
  const auto proposals = static_cast<std::size_t>(search.most_proposals(strategy->proposals()));
  for (std::size_t k = 0; k < proposals; ++k) {
    const double cost = static_cast<double>(space.costs(*strategy->ask()).flops);
    if (search.shard.holds(k / batch)) flops += cost;
  }
  return flops;
}

/// More workers than batches in flight would be idle.
int useful_workers(const Workbench& bench, std::int64_t in_flight, int networks_per_batch) {
  const auto batches = static_cast<int>((in_flight + networks_per_batch - 1) / networks_per_batch);
  if (bench.workers <= batches) return bench.workers;
  spdlog::info("{} of {} used: no more proposals than --window are in flight", batches,
               counted(bench.workers, "worker is", "workers are"));
  return batches;
}

}  // namespace

SearchLoop::SearchLoop(const RunSpec& spec, const Workbench& bench, const SourceMaker& make_source,
                       const SearchClock& clock, Journal& journal, JournalContent& replayed,
                       ProgressSink progress)
    : spec_(spec),
      bench_(bench),
      clock_(clock),
      journal_(journal),
      replayed_(replayed),
      journaled_(replayed.evaluations.size() + replayed.failures.size()),
      progress_(std::move(progress)),
      course_(spec.search, *bench.space, spec.rule, in_flight_without_learning(spec, bench)),
      networks_per_batch_(static_cast<int>(
          std::min<std::int64_t>(bench.conditions.networks_per_batch, course_.in_flight()))),
      started_(utc_now()),
      source_(make_source(
          {spec.config.search.queue.empty()
               ? useful_workers(bench, course_.in_flight(), networks_per_batch_)
               : bench.workers,
           networks_per_batch_, spec.config.search.refine ? 1 : bench.evaluator->repeats()},
          {// What cannot be kept is not worth computing.
           [this] { journal_.require_intact(); },
           [this](const std::vector<Genotype>& genotypes,
                  const std::vector<Evaluation>& evaluations) {
             std::vector<std::string> archs;
             for (const Genotype& genotype : genotypes)
               archs.push_back(course_.space().format(genotype));
             journal_.append_all(archs, evaluations, clock_.elapsed());
             evaluated_ += std::ssize(evaluations);
           }})) {}

SearchResult SearchLoop::run() {
  state_.total = course_.most_proposals();
  flops_left_ = flops_of_proposals(spec_.search, *bench_.space,
                                   static_cast<std::size_t>(networks_per_batch_));
  follow_course();
  if (!course_.why_none().empty()) spdlog::warn("the search ends early: {}", course_.why_none());
  if (course_.ended_by() == EndedBy::max_seconds)
    spdlog::info("stopped by --max-seconds after {}", counted(course_.counts().asked, "proposal"));
  return result();
}

/// Until its end.
void SearchLoop::follow_course() {
  for (;;) {
    switch (course_.step()) {
      case CourseStep::met:
        if (!start(course_.newest())) course_.withdraw_newest(EndedBy::max_seconds);
        break;
      case CourseStep::repeated:
        break;
      case CourseStep::blocked:
        if (course_.asks_no_more()) source_->flush();
        if (!settle(course_.oldest())) {
          require_first_evaluation();
          course_.withdraw_untold(EndedBy::max_seconds);
        }
        break;
      case CourseStep::told:
        note_told();
        break;
      case CourseStep::ended:
        return;
    }
  }
}

/// Whether the run has reached the end of the journal of earlier sessions. Evaluations that were in
/// flight then are repeated. If a failure that now succeeds leads the strategy elsewhere, the run
/// does not wait for the rest of the journal.
bool SearchLoop::caught_up() const {
  const auto in_flight = static_cast<std::size_t>(course_.in_flight());
  return (replayed_.evaluations.empty() && replayed_.failures.empty()) ||
         in_shard_ >= journaled_ + in_flight;
}

/// Whether to drop evaluations that no worker has started, because the time is up. Proposals before
/// the last one in the journal are dropped only when nobody evaluates them, and so is the very
/// first, which this process evaluates at once, whereas a queue may never get a worker.
bool SearchLoop::may_drop() const {
  const std::int64_t kept = spec_.config.search.queue.empty() ? std::int64_t{0} : -1;
  if (clock_.ends_wait_for(*source_)) return true;
  return clock_.is_over() && course_.told() > std::max(kept, last_replayed_) && caught_up();
}

/// @throws RunError when a search ends without one
void SearchLoop::require_first_evaluation() const {
  if (course_.told() == 0) throw clock_.without_workers(*source_, "evaluated the first network");
}

/// Shards consist of whole batches, so that each batch is that of a search without shards.
bool SearchLoop::is_in_shard(const ProposedClass& met) const {
  return spec_.search.shard.holds(met.number / static_cast<std::size_t>(networks_per_batch_));
}

/// Starts the evaluation of a class, unless no time is left or it belongs to another shard. Known
/// evaluations cost no time, and a resumed run always reaches the end of the journal that it
/// continues.
bool SearchLoop::start(const ProposedClass& met) {
  if (!is_in_shard(met)) {
    evaluations_.emplace_back();
    course_.settle(met, MemberScores(spec_.rule.members.size()));
    return true;
  }
  const bool known =
      replayed_.evaluations.contains(met.arch) || replayed_.failures.contains(met.arch);
  if (!known && in_shard_ > 0 && caught_up() && clock_.is_over()) return false;
  if (known) last_replayed_ = met.first_seen;
  ++in_shard_;
  evaluations_.push_back({evaluate(met)});
  return true;
}

/// Failures are retried while time is left.
PendingEvaluation SearchLoop::evaluate(const ProposedClass& met) {
  if (auto known = replayed_.evaluations.extract(met.arch))
    return source_->submit_known(met.representative, std::move(known.mapped()));
  auto failure = replayed_.failures.extract(met.arch);
  if (failure && clock_.is_over())
    return source_->submit_known(met.representative, std::move(failure.mapped()));
  return source_->submit(met.representative);
}

/// Periodic work, however long evaluations take.
void SearchLoop::attend() {
  show_progress();
  if (const int signal = InterruptGuard::signal(); signal != 0) stop_for(signal);
  if (may_drop()) source_->drop();
}

/// Waits for the evaluation of a class, unless it is dropped together with all later ones.
/// @return whether it is settled
bool SearchLoop::settle(const ProposedClass& of) {
  Evaluated& settled = evaluations_[of.number];
  settled.pending.wait_while([this] {
    attend();
    return true;
  });
  const std::optional<Evaluation> evaluation = settled.pending.get_unless_dropped();
  if (!evaluation) return false;
  settled.evaluation = *evaluation;
  course_.settle(of, member_scores(spec_.rule, *evaluation));
  // If all proposals are known, each is a separate class.
  if (flops_left_ > 0) flops_left_ -= static_cast<double>(evaluation->costs.flops);
  return true;
}

void SearchLoop::note_told() {
  if (course_.asks_no_more()) state_.total = course_.counts().asked;
  state_.done = course_.told();
  if (course_.leader() != leader_) {
    leader_ = course_.leader();
    const Evaluation evaluation = evaluations_[leader_->number].evaluation.unpacked();
    state_.best = evaluation.score(spec_.rule.members.front().proxy).value;
  }
  attend();
}

void SearchLoop::stop_for(int signal) {
  source_->stop();
  for (Evaluated& entry : evaluations_) {
    if (entry.pending.valid()) entry.pending.get_unless_dropped();
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
  return source_->seconds_left(state_.total - state_.done, flops_left_);
}

SearchResult SearchLoop::result() {
  require_architectures();
  // Frees the memory of the networks for the ranking and its output.
  source_->stop();
  release_free_memory();
  SearchResult result = result_of(course_, spec_, [this](const ProposedClass& of) {
    std::optional<PackedEvaluation> evaluation;
    if (is_in_shard(of)) evaluation = std::move(evaluations_.front().evaluation);
    evaluations_.pop_front();
    return evaluation;
  });
  result.conditions = bench_.conditions;
  result.timing = {started_,
                   clock_.elapsed(),
                   evaluated_,
                   clock_.session(),
                   bench_.evaluator->device().str(),
                   source_->workers(),
                   networks_per_batch_,
                   bench_.evaluator->peak_memory(),
                   source_->platforms()};
  return result;
}

/// @throws NoFeasibleError, UsageError
void SearchLoop::require_architectures() const {
  const std::string name = course_.space().name();
  if (course_.classes().empty())
    throw NoFeasibleError("no architecture of " + name + " satisfies the constraints; relax them");
  if (in_shard_ == 0) {
    throw UsageError(fmt::format(
        "search.shard: shard {} has none of the {} architectures of the search; its other shards "
        "are all that wrcor merge needs",
        spec_.config.search.shard, course_.classes().size()));
  }
}

}  // namespace wrcor

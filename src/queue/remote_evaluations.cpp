#include "queue/remote_evaluations.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Results without an item that are kept: as many as can be in flight with a strategy that does not
/// learn.
constexpr std::size_t most_early = 8192;

}  // namespace

RemoteEvaluations::RemoteEvaluations(const HostedRun& run, const SourceShape& shape,
                                     EvaluationHooks hooks)
    : EvaluationSource(shape.networks_per_batch),
      run_(run),
      repeats_(shape.repeats),
      hooks_(std::move(hooks)),
      host_(run, [this] { return dropping_ || must_end(); }),
      watch_(run.access.address.text) {
  try {
    connect();
  } catch (const QueueLost& lost) {
    if (!run.is_interrupted())
      throw RunError(cannot_reach(run.access.address, lost.what()) + "; is the server running?");
  } catch (const RedisRefusal& refusal) {
    if (!refusal.passes()) give_up_after(refusal, run.access.address);
    note_refused(refusal);
  }
  spdlog::info("workers are started by: wrcor worker --queue {}", run.access.address.text);
  thread_ = std::thread([this] { serve(); });
}

void RemoteEvaluations::start(Batch batch) {
  if (hooks_.before) hooks_.before();
  WorkItem item{.run = run_.offer.run, .repeats = repeats_, .archs = {}};
  for (const Waiting& waiting : batch) item.archs.push_back(run_.format(waiting.genotype));
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  const std::string id = item.id();
  items_.emplace(id, Item{.batch = std::move(batch), .number = started_++, .text = item.text()});
  unpublished_.push_back(id);
}

void RemoteEvaluations::drop() {
  dropping_ = true;
  if (outage_.reason().empty()) return;  // the thread drops what no worker has
  const std::lock_guard lock(mutex_);
  items_.clear();
}

void RemoteEvaluations::stop() {
  clear_waiting();
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  host_.release();
  const std::lock_guard lock(mutex_);
  items_.clear();
}

std::string RemoteEvaluations::why_idle() const {
  const std::string reason = outage_.reason();
  return reason.empty() ? watch_.absence() : reason;
}

int RemoteEvaluations::workers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(workers_.size());
}

std::vector<std::string> RemoteEvaluations::platforms() const {
  const std::lock_guard lock(mutex_);
  return {platforms_.begin(), platforms_.end()};
}

/// An error ends the evaluations: whoever waits for one gets it.
void RemoteEvaluations::serve() {
  try {
    while (!must_end()) {
      try {
        serve_once();
      } catch (const QueueLost& lost) {
        note_lost(lost);
      } catch (const RedisRefusal& refusal) {
        note_refused(refusal);
      }
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    for (auto& [id, item] : items_) {
      for (Waiting& waiting : item.batch) waiting.result.set_exception(failure_);
    }
    items_.clear();
  }
}

void RemoteEvaluations::serve_once() {
  if (!host_.is_connected()) connect();
  if (must_refill_) refill();
  take_early();
  publish_missing();
  take_results();
  look_after();
  outage_.end_all();
  pause_.restart();
  unexpected_ = 0;
}

void RemoteEvaluations::note_lost(const QueueLost& lost) {
  outage_.begin("", cannot_reach(run_.access.address, lost.what()));
  host_.disconnect();
  sleep_until(pause_.next(), [this] { return must_end(); });
}

/// The server accepts nothing now, or somebody has changed the keys of the queue, which is
/// therefore filled again.
/// @throws UsageError, RunError when trying again would not help
void RemoteEvaluations::note_refused(const RedisRefusal& refusal) {
  constexpr int most_unexpected = 5;
  if (refusal.is_about_access()) give_up_after(refusal, run_.access.address);
  const std::string text = refuses(run_.access.address, refusal);
  if (!refusal.passes() && ++unexpected_ > most_unexpected)
    throw RunError(text + " again and again; what was evaluated is kept");
  outage_.begin("", text);
  must_refill_ = true;
  // The key holds something other than a stream.
  must_renew_results_ =
      must_renew_results_ || std::string_view(refusal.what()).starts_with("WRONGTYPE");
  sleep_until(pause_.next(), [this] { return must_end(); });
}

void RemoteEvaluations::connect() {
  host_.connect();
  if (host_.is_published()) {
    note_missing();
  } else {
    publish(/*keep_results=*/host_.has_offer_of_run());
  }
  pause_.restart();
}

/// Finds the work that the server has lost.
void RemoteEvaluations::note_missing() {
  std::vector<std::string> entries;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, item] : items_) {
      if (!item.entry.empty()) entries.push_back(item.entry);
    }
  }
  const std::vector<std::string> missing = host_.missing_work(entries);
  const std::lock_guard lock(mutex_);
  for (const std::string& entry : missing) {
    const auto found = item_of_entry(entry);
    if (found == items_.end()) continue;
    found->second.entry.clear();
    unpublished_.push_back(found->first);
  }
}

/// From the start, in the order of submission.
void RemoteEvaluations::publish(bool keep_results) {
  host_.publish(keep_results);
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::uint64_t, std::string>> all;
  for (auto& [id, item] : items_) {
    item.entry.clear();
    all.emplace_back(item.number, id);
  }
  std::sort(all.begin(), all.end());
  unpublished_.clear();
  for (auto& [number, id] : all) unpublished_.push_back(std::move(id));
}

void RemoteEvaluations::refill() {
  publish(/*keep_results=*/!must_renew_results_);
  must_refill_ = must_renew_results_ = false;
}

void RemoteEvaluations::publish_missing() {
  constexpr std::size_t most = 256;  // at a time
  std::vector<std::string> ids, texts;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : unpublished_) {
      const auto item = items_.find(id);
      if (item == items_.end() || !item->second.entry.empty()) continue;
      texts.push_back(item->second.text);
      ids.push_back(id);
      if (ids.size() == most) break;
    }
    if (ids.empty()) unpublished_.clear();
  }
  if (ids.empty()) return;
  std::vector<std::string> entries = host_.add_work(texts);
  busy_ = Clock::now();
  const std::lock_guard lock(mutex_);
  for (std::size_t k = 0; k < ids.size(); ++k) {
    if (const auto item = items_.find(ids[k]); item != items_.end())
      item->second.entry = std::move(entries[k]);
  }
}

/// Periodic work.
void RemoteEvaluations::look_after() {
  constexpr std::chrono::milliseconds period(500);
  if (Clock::now() - looked_after_ < period) return;
  looked_after_ = Clock::now();
  host_.keep_ownership();
  if (!host_.is_published()) publish(/*keep_results=*/true);
  reclaim();
  look_for_workers();
  if (dropping_) drop_unstarted();
}

void RemoteEvaluations::look_for_workers() {
  if (!has_items()) watch_.note_presence();
  if (watch_.must_look()) watch_.note_found(host_.workers());
}

bool RemoteEvaluations::has_items() const {
  const std::lock_guard lock(mutex_);
  return !items_.empty();
}

std::map<std::string, RemoteEvaluations::Item>::iterator RemoteEvaluations::item_of_entry(
    const std::string& entry) {
  return std::find_if(items_.begin(), items_.end(),
                      [&](const auto& item) { return item.second.entry == entry; });
}

/// Reclaims the work of workers that give no sign of life.
void RemoteEvaluations::reclaim() {
  const std::vector<std::string> entries = host_.reclaim_work();
  std::vector<Settled> settled;
  for (const std::string& entry : entries) {
    std::unique_lock lock(mutex_);
    const auto found = item_of_entry(entry);
    if (found == items_.end()) continue;  // settled, or not of this search
    Item& item = found->second;
    item.entry.clear();
    if (++item.attempts < most_attempts) {
      spdlog::warn("a worker has ended over {} or cannot be reached; another one gets it",
                   run_.format(item.batch.front().genotype));
      unpublished_.push_back(found->first);
      continue;
    }
    Settled last{std::move(item), {}};
    items_.erase(found);
    lock.unlock();
    for (const Waiting& waiting : last.item.batch)
      last.evaluations.push_back(failed(waiting.genotype));
    settled.push_back(std::move(last));
  }
  if (settle(settled)) host_.remove(entries, {});
}

/// Drops the published work that no worker has, and the unpublished work.
void RemoteEvaluations::drop_unstarted() {
  const std::set<std::string> started = host_.held_work();
  std::vector<std::string> dropped;
  {
    const std::lock_guard lock(mutex_);
    for (auto item = items_.begin(); item != items_.end();) {
      if (started.contains(item->second.entry)) {
        ++item;
        continue;
      }
      if (!item->second.entry.empty()) dropped.push_back(item->second.entry);
      item = items_.erase(item);
    }
  }
  host_.remove(dropped, {});
}

void RemoteEvaluations::take_results() {
  // New work waits for as long: briefly while results arrive.
  const bool is_busy = Clock::now() - busy_ < std::chrono::seconds(1);
  const std::vector<QueueEntry> entries =
      host_.read_results(std::chrono::milliseconds(is_busy ? 2 : 50));
  if (entries.empty()) return;
  busy_ = Clock::now();
  std::vector<Settled> settled;
  Done done;
  for (const QueueEntry& entry : entries) {
    try {
      WorkResult result = WorkResult::parse(entry.text);
      if (result.run == run_.offer.run) {
        take({std::move(result), entry.id}, settled, done);
        continue;
      }
    } catch (const MessageError& error) {
      spdlog::warn("a message in the queue is left out: {}", error.what());
    }
    done.results.push_back(entry.id);
  }
  finish(settled, done);
}

/// Takes the early results whose items have been submitted meanwhile.
void RemoteEvaluations::take_early() {
  std::vector<Settled> settled;
  Done done;
  for (auto early = early_.begin(); early != early_.end();) {
    bool has_item = false;
    {
      const std::lock_guard lock(mutex_);
      has_item = items_.contains(early->first);
    }
    auto next = std::next(early);
    if (has_item) take(std::move(early_.extract(early).mapped()), settled, done);
    early = next;
  }
  finish(settled, done);
}

/// @param settled  receives the batch that it completes
/// @param done     receives what is no longer needed
void RemoteEvaluations::take(EarlyResult arrived, std::vector<Settled>& settled, Done& done) {
  WorkResult& result = arrived.result;
  const std::lock_guard lock(mutex_);
  const auto found = items_.find(result.item);
  if (found == items_.end()) {  // another worker was faster, or an earlier session asked for it
    if (item_of_entry(result.entry) == items_.end()) done.work.push_back(result.entry);
    keep_early(std::move(arrived), done);
    return;
  }
  done.results.push_back(arrived.entry);
  if (const std::string reason = objection(result, found->second); !reason.empty()) {
    spdlog::warn("evaluations of {} are left out: {}", in_quotes(result.worker), reason);
    return;
  }
  Item item = std::move(found->second);
  items_.erase(found);
  watch_.note_presence();
  workers_.insert(result.worker);
  platforms_.insert(result.platform);
  if (!item.entry.empty()) done.work.push_back(item.entry);
  if (result.entry != item.entry) done.work.push_back(result.entry);
  settled.push_back({std::move(item), std::move(result.evaluations)});
}

/// Keeps the first result for each item, up to the number that can be in flight.
void RemoteEvaluations::keep_early(EarlyResult arrived, Done& done) {
  const auto kept = early_.find(arrived.result.item);
  const bool is_known = kept != early_.end();
  if (is_known && kept->second.entry == arrived.entry) return;  // read again
  if (is_known || early_.size() == most_early) {
    done.results.push_back(arrived.entry);
  } else {
    std::string item = arrived.result.item;
    early_.emplace(std::move(item), std::move(arrived));
  }
}

/// Settles batches, and has the server forget what is done. Batches that cannot be journaled stay
/// there.
void RemoteEvaluations::finish(std::vector<Settled>& settled, const Done& done) {
  if (settle(settled)) host_.remove(done.work, done.results);
}

/// Why evaluations cannot be those of an item; empty: they are.
std::string RemoteEvaluations::objection(const WorkResult& result, const Item& item) const {
  if (!run_.offer.mixed && result.platform != run_.offer.platform.dump())
    return "they were computed by " + result.platform;
  if (result.evaluations.size() != item.batch.size()) return "they are of another batch";
  for (std::size_t k = 0; k < item.batch.size(); ++k) {
    const Evaluation& evaluation = result.evaluations[k];
    const bool same_proxies = std::ranges::equal(evaluation.scores, run_.proxies, {},
                                                 [](const auto& s) { return s.first; });
    const Costs costs = run_.costs(item.batch[k].genotype);
    if (!same_proxies || evaluation.costs.params != costs.params ||
        evaluation.costs.flops != costs.flops)
      return "they are of other networks or proxies";
  }
  return {};
}

/// Several batches together: the journal is flushed once.
/// @return whether they are in the journal
bool RemoteEvaluations::settle(std::vector<Settled>& settled) {
  if (settled.empty()) return true;
  std::vector<Genotype> genotypes;
  std::vector<Evaluation> evaluations;
  for (const Settled& each : settled)
    take_new(each.item.batch, each.evaluations, genotypes, evaluations);
  std::exception_ptr failure;
  try {
    if (hooks_.after) hooks_.after(genotypes, evaluations);
  } catch (...) {
    failure = std::current_exception();
  }
  std::size_t next = 0;
  for (Settled& each : settled) {
    for (Waiting& waiting : each.item.batch) {
      if (waiting.is_known) continue;
      if (failure) {
        waiting.result.set_exception(failure);
      } else {
        waiting.result.set_value(std::move(evaluations[next++]));
      }
    }
  }
  return failure == nullptr;
}

/// The evaluation of a network that has ended its workers.
Evaluation RemoteEvaluations::failed(const Genotype& genotype) const {
  constexpr const char* reason = "workers_lost";
  spdlog::warn("{} workers have ended over {}: it has failed", most_attempts,
               run_.format(genotype));
  Evaluation evaluation;
  evaluation.status = Status::failed;
  evaluation.reason = reason;
  evaluation.costs = run_.costs(genotype);
  for (const std::string& proxy : run_.proxies) {
    Score score = Score::degenerate(reason, std::numeric_limits<double>::quiet_NaN());
    score.status = Status::failed;
    evaluation.scores.emplace_back(proxy, std::move(score));
  }
  return evaluation;
}

}  // namespace wrcor

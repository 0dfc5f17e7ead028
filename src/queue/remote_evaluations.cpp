#include "queue/remote_evaluations.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <string_view>
#include <utility>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr const char* coordinator = "coordinator";  // as a reader of the stream of work

/// A coordinator that does not say for as long that it lives has ended.
constexpr const char* life_ms = "15000";

/// Results without an item that are kept: as many as are in flight of a strategy that does not
/// learn.
constexpr std::size_t most_early = 8192;

/// The text of an entry of a stream, [id, [name, value, ...]].
std::string text_of(const RedisReply& entry) {
  if (entry.items.size() != 2) return {};
  const std::vector<RedisReply>& words = entry.items[1].items;
  for (std::size_t k = 0; k + 1 < words.size(); k += 2) {
    if (words[k].text == QueueKeys::field) return words[k + 1].text;
  }
  return {};
}

RedisCommand with_words(RedisCommand command, const std::vector<std::string>& words) {
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

std::string cannot_reach(const HostedRun& run, const std::string& reason) {
  return "cannot reach the queue " + in_quotes(run.access.address.text) + ": " + reason;
}

/// This process, as the owner of a queue.
std::string owner_of(const HostedRun& run) {
  return run.offer.run + " " + run.offer.session + " " + run.offer.coordinator;
}

}  // namespace

void end_hosted_run(const HostedRun& run) {
  constexpr const char* seconds = "60";  // in which workers notice
  const QueueKeys keys(run.access.address.name);
  RunOffer last = run.offer;
  last.finished = true;
  try {
    Redis redis(run.access);
    const RedisReply owner = redis.run({"GET", keys.owner()});
    if (!owner.is_null && owner.text != owner_of(run)) return;  // another search has the queue now
    redis.run_all({{"SET", keys.offer(), last.text(), "EX", seconds},
                   {"DEL", keys.work(), keys.results(), keys.images(), keys.owner()}});
  } catch (const QueueLost& lost) {
    spdlog::warn("{}; its workers end by their --max-idle", cannot_reach(run, lost.what()));
  } catch (const RedisRefusal& refusal) {
    spdlog::warn("the queue does not take the end of the search: {}", refusal.what());
  }
}

RemoteEvaluations::RemoteEvaluations(const HostedRun& run, const SourceShape& shape,
                                     EvaluationHooks hooks)
    : EvaluationSource(shape.networks_per_batch),
      run_(run),
      repeats_(shape.repeats),
      hooks_(std::move(hooks)),
      keys_(run.access.address.name),
      owner_(owner_of(run)) {
  try {
    connect();
  } catch (const QueueLost& lost) {
    throw RunError(cannot_reach(run, lost.what()) + "; is the server running?");
  } catch (const RedisRefusal& refusal) {
    throw RunError("the queue " + in_quotes(run.access.address.text) + " refuses a command: " +
                   refusal.what() + "; it needs a Redis server of version 6.2 or newer");
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

void RemoteEvaluations::stop() {
  clear_waiting();
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  release();
  const std::lock_guard lock(mutex_);
  items_.clear();
}

/// The search may go on at once in another process.
void RemoteEvaluations::release() {
  try {
    if (redis_ && redis_->run({"GET", keys_.owner()}).text == owner_)
      redis_->run({"DEL", keys_.owner()});
  } catch (const QueueLost&) {
    // It waits until the key lapses.
  } catch (const RedisRefusal&) {
    // The same.
  }
  redis_.reset();
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
    while (!stopping_) {
      try {
        if (!redis_) connect();
        if (must_refill_) refill();
        take_early();
        publish_missing();
        take_results();
        look_after();
        refusals_ = 0;
      } catch (const QueueLost& lost) {
        note_lost(lost.what());
      } catch (const RedisRefusal& refusal) {
        note_refused(refusal.what());
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

void RemoteEvaluations::note_lost(const std::string& reason) {
  if (!lost_) spdlog::warn("{}; trying again", cannot_reach(run_, reason));
  lost_ = true;
  redis_.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
}

/// Somebody has changed the keys of the queue, or its server takes nothing now: the queue is filled
/// again after a while, which doubles from one refusal to the next.
void RemoteEvaluations::note_refused(const std::string& reason) {
  constexpr int most = 5;
  constexpr std::chrono::milliseconds first_wait(200);
  if (refusals_ == most) {
    throw RunError("the queue " + in_quotes(run_.access.address.text) +
                   " refuses a command again and again: " + reason +
                   "; what was evaluated is kept");
  }
  const auto wait = first_wait * (1 << refusals_++);
  spdlog::warn("the queue refuses a command ({}); it is filled again in {:g} s", reason,
               std::chrono::duration<double>(wait).count());
  must_refill_ = true;
  // The stream itself is none.
  must_renew_results_ = must_renew_results_ || reason.starts_with("WRONGTYPE");
  const Clock::time_point end = Clock::now() + wait;
  while (!stopping_ && Clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

void RemoteEvaluations::refill() {
  publish(/*keep_results=*/!must_renew_results_);
  must_refill_ = must_renew_results_ = false;
}

void RemoteEvaluations::connect() {
  redis_.emplace(run_.access);
  take_ownership();
  if (is_published()) {
    const std::lock_guard lock(mutex_);
    for (auto& [id, item] : items_) {
      if (item.entry.empty() ||
          !redis_->run({"XRANGE", keys_.work(), item.entry, item.entry}).items.empty())
        continue;
      item.entry.clear();
      unpublished_.push_back(id);
    }
  } else {
    const RedisReply offer = redis_->run({"GET", keys_.offer()});
    bool is_ours = false;
    try {
      is_ours = !offer.is_null && RunOffer::parse(offer.text).run == run_.offer.run;
    } catch (const MessageError&) {
      // Of nobody.
    }
    publish(/*keep_results=*/is_ours);
  }
  if (lost_) spdlog::info("the queue is there again");
  lost_ = false;
}

/// A queue serves one process at a time. One that was killed is known by its silence.
void RemoteEvaluations::take_ownership() {
  redis_->run({"SET", keys_.owner(), owner_, "NX", "PX", life_ms});
  const std::string owner = redis_->run({"GET", keys_.owner()}).text;
  if (owner != owner_) await_ownership(owner);
  redis_->run({"SET", keys_.owner(), owner_, "PX", life_ms});
}

/// Waits until another owner has been silent for its lifetime.
/// @throws UsageError when it gives a sign of life
void RemoteEvaluations::await_ownership(const std::string& owner) {
  const std::string process = owner.substr(owner.rfind(' ') + 1);
  spdlog::info("waiting for the queue: {} had it, which may have ended", process);
  std::int64_t least_ms = std::numeric_limits<std::int64_t>::max();
  while (!stopping_ && redis_->run({"SET", keys_.owner(), owner_, "NX", "PX", life_ms}).is_null) {
    const std::int64_t left_ms = redis_->run({"PTTL", keys_.owner()}).number;
    constexpr std::int64_t without_end = -1;
    if (left_ms > least_ms || left_ms == without_end) {
      throw UsageError("the queue " + in_quotes(run_.access.address.text) +
                       " serves another search (" + process +
                       "); choose another name of a queue, or wait until that has ended");
    }
    if (left_ms >= 0) least_ms = left_ms;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

bool RemoteEvaluations::is_published() {
  const RedisReply keys =
      redis_->run({"EXISTS", keys_.offer(), keys_.images(), keys_.work(), keys_.results()});
  return keys.number == 4 && redis_->run({"GET", keys_.offer()}).text == run_.offer.text();
}

/// From the start: nothing that the server may hold is needed.
void RemoteEvaluations::publish(bool keep_results) {
  last_read_.clear();
  std::vector<RedisCommand> commands{{"DEL", keys_.work()}};
  if (!keep_results) commands.push_back({"DEL", keys_.results()});
  commands.push_back({"SET", keys_.images(), run_.images});
  commands.push_back({"XGROUP", "CREATE", keys_.work(), QueueKeys::group, "0", "MKSTREAM"});
  commands.push_back({"SET", keys_.offer(), run_.offer.text()});
  redis_->run_all(commands);
  make_results();
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

/// Workers do not make the stream of results: it would outlive the search.
void RemoteEvaluations::make_results() {
  try {
    redis_->run({"XGROUP", "CREATE", keys_.results(), coordinator, "0", "MKSTREAM"});
  } catch (const RedisRefusal& refusal) {
    if (!std::string_view(refusal.what()).starts_with("BUSYGROUP")) throw;  // it is there
  }
}

void RemoteEvaluations::publish_missing() {
  constexpr std::size_t most = 256;  // at a time
  std::vector<RedisCommand> commands;
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : unpublished_) {
      const auto item = items_.find(id);
      if (item == items_.end() || !item->second.entry.empty()) continue;
      commands.push_back({"XADD", keys_.work(), "*", QueueKeys::field, item->second.text});
      ids.push_back(id);
      if (ids.size() == most) break;
    }
    if (ids.empty()) unpublished_.clear();
  }
  if (ids.empty()) return;
  const std::vector<RedisReply> replies = redis_->run_all(commands);
  busy_ = Clock::now();
  const std::lock_guard lock(mutex_);
  for (std::size_t k = 0; k < ids.size(); ++k) {
    if (const auto item = items_.find(ids[k]); item != items_.end())
      item->second.entry = replies[k].text;
  }
}

/// What is due from time to time.
void RemoteEvaluations::look_after() {
  constexpr std::chrono::milliseconds period(500);
  if (Clock::now() - looked_after_ < period) return;
  looked_after_ = Clock::now();
  const std::string owner = redis_->run({"GET", keys_.owner()}).text;
  if (!owner.empty() && owner != owner_) {
    throw RunError("another process coordinates the queue " + in_quotes(run_.access.address.text) +
                   " now: " + owner.substr(owner.rfind(' ') + 1));
  }
  redis_->run({"SET", keys_.owner(), owner_, "PX", life_ms});
  if (!is_published()) publish(/*keep_results=*/true);
  reclaim();
  if (dropping_) drop_unstarted();
}

std::map<std::string, RemoteEvaluations::Item>::iterator RemoteEvaluations::item_of_entry(
    const std::string& entry) {
  return std::find_if(items_.begin(), items_.end(),
                      [&](const auto& item) { return item.second.entry == entry; });
}

/// Takes back what workers hold that give no sign of life.
void RemoteEvaluations::reclaim() {
  const RedisReply reply =
      redis_->run({"XAUTOCLAIM", keys_.work(), QueueKeys::group, coordinator,
                   std::to_string(run_.offer.lease_seconds * 1000), "0", "COUNT", "100", "JUSTID"});
  if (reply.items.size() < 2 || reply.items[1].items.empty()) return;
  std::vector<std::string> entries;
  std::vector<Settled> settled;
  for (const RedisReply& entry : reply.items[1].items) {
    entries.push_back(entry.text);
    std::unique_lock lock(mutex_);
    const auto found = item_of_entry(entry.text);
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
  if (settle(settled)) redis_->run_all(removal(entries));
}

/// What is published and no worker has, and what is not published.
void RemoteEvaluations::drop_unstarted() {
  std::set<std::string> started;
  const RedisReply pending =
      redis_->run({"XPENDING", keys_.work(), QueueKeys::group, "-", "+", "100000"});
  for (const RedisReply& entry : pending.items) {
    if (!entry.items.empty()) started.insert(entry.items.front().text);
  }
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
  if (!dropped.empty()) redis_->run_all(removal(dropped));
}

std::vector<RedisCommand> RemoteEvaluations::removal(
    const std::vector<std::string>& entries) const {
  return {with_words({"XACK", keys_.work(), QueueKeys::group}, entries),
          with_words({"XDEL", keys_.work()}, entries)};
}

void RemoteEvaluations::take_results() {
  // New work waits for as long: little while results come.
  const bool is_busy = Clock::now() - busy_ < std::chrono::seconds(1);
  const RedisReply reply =
      redis_->run({"XREAD", "COUNT", "256", "BLOCK", is_busy ? "2" : "50", "STREAMS",
                   keys_.results(), last_read_.empty() ? "0" : last_read_});
  if (reply.items.empty() || reply.items[0].items.size() < 2) return;
  busy_ = Clock::now();
  std::vector<Settled> settled;
  Done done;
  for (const RedisReply& entry : reply.items[0].items[1].items) {
    if (entry.items.empty()) continue;
    last_read_ = entry.items.front().text;
    try {
      WorkResult result = WorkResult::parse(text_of(entry));
      if (result.run == run_.offer.run) {
        take({std::move(result), last_read_}, settled, done);
        continue;
      }
    } catch (const MessageError& error) {
      spdlog::warn("a message in the queue is left out: {}", error.what());
    }
    done.results.push_back(last_read_);
  }
  finish(settled, done);
}

/// Those that have got their item meanwhile.
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
/// @param done     receives what is not needed any more
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
  workers_.insert(result.worker);
  platforms_.insert(result.platform);
  if (!item.entry.empty()) done.work.push_back(item.entry);
  if (result.entry != item.entry) done.work.push_back(result.entry);
  settled.push_back({std::move(item), std::move(result.evaluations)});
}

/// The first for each item, as many as can be asked for at a time.
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

/// Settles batches, and has the server forget what is done: what cannot be journaled stays there.
void RemoteEvaluations::finish(std::vector<Settled>& settled, const Done& done) {
  if (!settle(settled)) return;
  std::vector<RedisCommand> commands;
  if (!done.results.empty())
    commands.push_back(with_words({"XDEL", keys_.results()}, done.results));
  if (!done.work.empty()) {
    for (RedisCommand& command : removal(done.work)) commands.push_back(std::move(command));
  }
  if (!commands.empty()) redis_->run_all(commands);
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

/// Several batches at a time: the journal is flushed once.
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

/// The evaluation of a network that ends its workers.
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

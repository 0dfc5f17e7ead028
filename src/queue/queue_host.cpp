#include "queue/queue_host.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <thread>
#include <utility>

#include "queue/worker_cards.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr const char* coordinator = "coordinator";  // as a reader of the stream of work

/// A coordinator that has given no sign of life for this long has ended.
constexpr const char* life_ms = "15000";

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

/// This process, as the owner of a queue.
std::string owner_of(const HostedRun& run) {
  return run.offer.run + " " + run.offer.session + " " + run.offer.coordinator;
}

/// The process in the text of an owner.
std::string process_of(const std::string& owner) { return owner.substr(owner.rfind(' ') + 1); }

}  // namespace

void end_hosted_run(const HostedRun& run) {
  constexpr const char* seconds = "60";  // in which workers notice
  const QueueKeys keys(run.access.address.name);
  RunOffer last = run.offer;
  last.finished = true;
  try {
    Redis redis(run.access, patience_unless(run.is_interrupted));
    const RedisReply owner = redis.run({"GET", keys.owner()});
    if (!owner.is_null && owner.text != owner_of(run)) return;  // another search owns the queue now
    redis.run_all({{"SET", keys.offer(), last.text(), "EX", seconds},
                   {"DEL", keys.work(), keys.results(), keys.images(), keys.owner()}});
  } catch (const QueueLost& lost) {
    spdlog::warn("{}; its workers end by their --max-idle",
                 cannot_reach(run.access.address, lost.what()));
  } catch (const RedisRefusal& refusal) {
    spdlog::warn("the queue does not take the end of the search: {}", refusal.what());
  } catch (const UsageError& refusal) {
    spdlog::warn("the queue does not take the end of the search: {}", refusal.what());
  }
}

QueueHost::QueueHost(const HostedRun& run, std::function<bool()> is_hurried)
    : run_(run),
      is_hurried_(std::move(is_hurried)),
      keys_(run.access.address.name),
      owner_(owner_of(run)) {}

void QueueHost::connect() {
  redis_.emplace(run_.access, patience_unless(is_hurried_));
  try {
    take_ownership();
  } catch (...) {
    redis_.reset();
    throw;
  }
}

/// A queue serves one process at a time. A process that was killed is recognised by its silence.
void QueueHost::take_ownership() {
  redis_->run({"SET", keys_.owner(), owner_, "NX", "PX", life_ms});
  const std::string owner = redis_->run({"GET", keys_.owner()}).text;
  if (owner != owner_) await_ownership(owner);
  redis_->run({"SET", keys_.owner(), owner_, "PX", life_ms});
}

/// Waits until another owner has been silent for its lifetime.
/// @throws UsageError when it gives a sign of life
void QueueHost::await_ownership(const std::string& owner) {
  const std::string process = process_of(owner);
  spdlog::info("waiting for the queue: {} had it, which may have ended", process);
  std::int64_t least_ms = std::numeric_limits<std::int64_t>::max();
  while (redis_->run({"SET", keys_.owner(), owner_, "NX", "PX", life_ms}).is_null) {
    if (is_hurried_()) throw QueueLost(process + " had it, which may have ended");
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

void QueueHost::release() {
  try {
    if (redis_ && redis_->run({"GET", keys_.owner()}).text == owner_)
      redis_->run({"DEL", keys_.owner()});
  } catch (const QueueLost&) {
    // The next owner waits until the key expires.
  } catch (const RedisRefusal&) {
    // The same.
  }
  disconnect();
}

void QueueHost::keep_ownership() {
  const std::string owner = redis_->run({"GET", keys_.owner()}).text;
  if (!owner.empty() && owner != owner_) {
    throw RunError("another process coordinates the queue " + in_quotes(run_.access.address.text) +
                   " now: " + process_of(owner));
  }
  redis_->run({"SET", keys_.owner(), owner_, "PX", life_ms});
}

bool QueueHost::is_published() {
  const RedisReply keys =
      redis_->run({"EXISTS", keys_.offer(), keys_.images(), keys_.work(), keys_.results()});
  return keys.number == 4 && redis_->run({"GET", keys_.offer()}).text == run_.offer.text();
}

bool QueueHost::has_offer_of_run() {
  const RedisReply offer = redis_->run({"GET", keys_.offer()});
  try {
    return !offer.is_null && RunOffer::parse(offer.text).run == run_.offer.run;
  } catch (const MessageError&) {
    return false;  // nobody owns it
  }
}

void QueueHost::publish(bool keep_results) {
  last_read_.clear();
  std::vector<RedisCommand> commands{{"DEL", keys_.work()}};
  if (!keep_results) commands.push_back({"DEL", keys_.results()});
  commands.push_back({"SET", keys_.images(), run_.images});
  commands.push_back({"XGROUP", "CREATE", keys_.work(), QueueKeys::group, "0", "MKSTREAM"});
  commands.push_back({"SET", keys_.offer(), run_.offer.text()});
  redis_->run_all(commands);
  make_results();
}

/// Workers do not create the stream of results: it would outlive the search.
void QueueHost::make_results() {
  try {
    redis_->run({"XGROUP", "CREATE", keys_.results(), coordinator, "0", "MKSTREAM"});
  } catch (const RedisRefusal& refusal) {
    if (!std::string_view(refusal.what()).starts_with("BUSYGROUP")) throw;  // it exists already
  }
}

std::vector<std::string> QueueHost::add_work(const std::vector<std::string>& texts) {
  std::vector<RedisCommand> commands;
  for (const std::string& text : texts)
    commands.push_back({"XADD", keys_.work(), "*", QueueKeys::field, text});
  std::vector<std::string> entries;
  for (RedisReply& reply : redis_->run_all(commands)) entries.push_back(std::move(reply.text));
  return entries;
}

std::vector<std::string> QueueHost::missing_work(const std::vector<std::string>& entries) {
  std::vector<RedisCommand> commands;
  for (const std::string& entry : entries)
    commands.push_back({"XRANGE", keys_.work(), entry, entry});
  const std::vector<RedisReply> replies = redis_->run_all(commands);
  std::vector<std::string> missing;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    if (replies[k].items.empty()) missing.push_back(entries[k]);
  }
  return missing;
}

std::vector<std::string> QueueHost::reclaim_work() {
  const RedisReply reply =
      redis_->run({"XAUTOCLAIM", keys_.work(), QueueKeys::group, coordinator,
                   std::to_string(run_.offer.lease_seconds * 1000), "0", "COUNT", "100", "JUSTID"});
  std::vector<std::string> entries;
  if (reply.items.size() < 2) return entries;
  for (const RedisReply& entry : reply.items[1].items) entries.push_back(entry.text);
  return entries;
}

std::set<std::string> QueueHost::held_work() {
  const RedisReply pending =
      redis_->run({"XPENDING", keys_.work(), QueueKeys::group, "-", "+", "100000"});
  std::set<std::string> held;
  for (const RedisReply& entry : pending.items) {
    if (!entry.items.empty()) held.insert(entry.items.front().text);
  }
  return held;
}

void QueueHost::remove(const std::vector<std::string>& work,
                       const std::vector<std::string>& results) {
  std::vector<RedisCommand> commands;
  if (!results.empty()) commands.push_back(with_words({"XDEL", keys_.results()}, results));
  if (!work.empty()) {
    commands.push_back(with_words({"XACK", keys_.work(), QueueKeys::group}, work));
    commands.push_back(with_words({"XDEL", keys_.work()}, work));
  }
  if (!commands.empty()) redis_->run_all(commands);
}

std::vector<QueueEntry> QueueHost::read_results(std::chrono::milliseconds wait) {
  const RedisReply reply =
      redis_->run({"XREAD", "COUNT", "256", "BLOCK", std::to_string(wait.count()), "STREAMS",
                   keys_.results(), last_read_.empty() ? "0" : last_read_});
  std::vector<QueueEntry> results;
  if (reply.items.empty() || reply.items[0].items.size() < 2) return results;
  for (const RedisReply& entry : reply.items[0].items[1].items) {
    if (!entry.items.empty()) results.push_back({entry.items.front().text, text_of(entry)});
  }
  if (!results.empty()) last_read_ = results.back().id;
  return results;
}

std::ptrdiff_t QueueHost::workers() {
  return std::ranges::count(read_workers(*redis_, keys_), run_.offer.run, &WorkerCard::run);
}

}  // namespace wrcor

#include "run/queue_worker.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/counted.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "queue/messages.h"
#include "queue/outage.h"
#include "queue/queue_keys.h"
#include "queue/reconnecting.h"
#include "run/hosted_run.h"
#include "run/interrupt.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long a worker that is to end waits for a server that does not accept its evaluations.
constexpr milliseconds time_to_leave(5000);

/// Several times in a lease.
milliseconds sign_period(const RunOffer& run) {
  constexpr milliseconds longest(2000);
  return std::min(longest, milliseconds(run.lease_seconds * 1000 / 4));
}

/// An entry of the stream of work, taken by a thread.
struct TakenItem {
  std::string entry;
  std::string text;
};

/// How long nothing has happened.
class IdleTime {
 public:
  explicit IdleTime(double most_seconds) : most_(most_seconds) {}
  void restart() { since_ = Clock::now().time_since_epoch().count(); }
  bool is_over() const {
    const Clock::duration idle(Clock::now().time_since_epoch().count() - since_);
    return std::chrono::duration<double>(idle).count() > most_;
  }

 private:
  double most_;
  std::atomic<Clock::rep> since_{Clock::now().time_since_epoch().count()};
};

bool is_interrupted() { return InterruptGuard::signal() != 0; }

/// The threads of a worker while it serves one search.
class Crew {
 public:
  Crew(const WorkerSpec& spec, const RunOffer& offer, const Workbench& bench, IdleTime& idle,
       Outage& outage)
      : spec_(spec),
        offer_(offer),
        bench_(bench),
        idle_(idle),
        outage_(outage),
        keys_(spec.access.address.name),
        platform_(platform_of(bench.conditions).dump()) {
    try {
      for (int number = 1; number <= bench.workers; ++number) {
        threads_.emplace_back(
            [this, id = process_name() + ":" + std::to_string(number)] { work(id); });
      }
    } catch (const std::system_error& failure) {
      end();
      throw RunError("cannot start " + counted(bench.workers, "worker") + ": " + failure.what() +
                     "; lower --workers");
    }
  }
  ~Crew() { end(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Finishes and delivers what has started. @throws what ended a thread
  void finish(Reconnecting& server) {
    constexpr milliseconds step(50);
    leaving_ = true;
    Clock::time_point next_sign = Clock::now();
    while (is_busy()) {
      if (Clock::now() >= next_sign) {
        give_sign(server);
        next_sign = Clock::now() + sign_period(offer_);
      }
      std::this_thread::sleep_for(step);
    }
    end();
    if (failure_) std::rethrow_exception(failure_);
  }
  bool has_failed() const { return failed_; }
  std::int64_t evaluated() const { return evaluated_; }
  /// Number of batches lost to a signal and the absence of the server.
  std::int64_t undelivered() const { return undelivered_; }

  /// Shows that the threads live, and keeps their entries from being given to others. A thread that
  /// evaluates is not idle.
  void give_sign(Reconnecting& server) {
    std::map<std::string, std::string> held;
    {
      const std::lock_guard lock(mutex_);
      held = held_;
    }
    constexpr const char* seconds = "30";
    for (const auto& [id, entry] : held) {
      const WorkerCard card{.id = id,
                            .device = bench_.evaluator->device().str(),
                            .platform = platform_,
                            .run = offer_.run,
                            .evaluated = evaluated_};
      if (!server.run({"SET", keys_.worker(id), card.text(), "EX", seconds})) return;
      if (entry.empty()) continue;
      idle_.restart();
      server.run({"XCLAIM", keys_.work(), QueueKeys::group, id, "0", entry, "JUSTID"});
    }
  }

 private:
  bool is_busy() {
    const std::lock_guard lock(mutex_);
    return !held_.empty();
  }

  void end() {
    leaving_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  /// On a thread.
  void work(const std::string& id) {
    try {
      configure_thread(bench_.threads);
      use_own_stream(bench_.evaluator->device());
      Reconnecting server(spec_.access, outage_, [this] { return leaving_ || is_interrupted(); });
      hold(id, "");
      while (!leaving_) {
        const std::optional<TakenItem> taken = take(server, id);
        if (!taken) continue;
        hold(id, taken->entry);
        if (const auto result = evaluate(*taken, id)) deliver(server, result->text());
        hold(id, "");
        idle_.restart();
      }
      const std::lock_guard lock(mutex_);
      held_.erase(id);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      held_.erase(id);
      failed_ = true;
    }
  }

  void hold(const std::string& id, const std::string& entry) {
    const std::lock_guard lock(mutex_);
    held_[id] = entry;
  }

  /// Waits a moment for an item.
  std::optional<TakenItem> take(Reconnecting& server, const std::string& id) {
    const std::optional<RedisReply> reply =
        server.run({"XREADGROUP", "GROUP", QueueKeys::group, id, "COUNT", "1", "BLOCK", "500",
                    "STREAMS", keys_.work(), ">"});
    if (!reply) {
      server.pause([this] { return leaving_.load(); });
      return std::nullopt;
    }
    if (reply->items.empty() || reply->items[0].items.size() < 2 ||
        reply->items[0].items[1].items.empty())
      return std::nullopt;
    const RedisReply& entry = reply->items[0].items[1].items[0];
    if (entry.items.size() < 2) return std::nullopt;
    TakenItem item{.entry = entry.items[0].text, .text = {}};
    if (entry.items[1].items.size() == 2) item.text = entry.items[1].items[1].text;
    return item;
  }

  /// Nothing for an invalid item, or one that is not of this search: its coordinator removes it.
  std::optional<WorkResult> evaluate(const TakenItem& taken, const std::string& id) {
    try {
      const WorkItem item = WorkItem::parse(taken.text);
      if (item.run != offer_.run) return std::nullopt;
      if (item.repeats > bench_.evaluator->repeats()) throw MessageError("too many repeats");
      std::vector<Genotype> genotypes;
      for (const std::string& arch : item.archs) genotypes.push_back(bench_.space->parse(arch));
      WorkResult result{.run = item.run,
                        .item = item.id(),
                        .entry = taken.entry,
                        .worker = id,
                        .platform = platform_,
                        .evaluations = bench_.evaluator->evaluate_batch(genotypes, item.repeats)};
      evaluated_ += std::ssize(result.evaluations);
      return result;
    } catch (const MessageError& error) {
      spdlog::warn("an item of the queue is left out: {}", error.what());
    } catch (const UsageError& error) {  // not an architecture of the space
      spdlog::warn("an item of the queue is left out: {}", error.what());
    }
    return std::nullopt;
  }

  /// Waits for the server, as long as the worker may be idle, or briefly after a signal. If the
  /// queue does not come back, the search has ended, or others repeat the evaluation.
  void deliver(Reconnecting& server, const std::string& text) {
    constexpr int most_tries = 10;  // for a server without such a stream
    const RedisCommand command{"XADD", keys_.results(), "NOMKSTREAM", "*", QueueKeys::field, text};
    idle_.restart();
    Clock::time_point last_time = Clock::time_point::max();
    for (int tries = 0;;) {
      const std::optional<RedisReply> reply = server.run(command);
      if (reply && (!reply->is_null || leaving_ || ++tries == most_tries)) return;
      if (!reply) {
        if (leaving_) last_time = std::min(last_time, Clock::now() + time_to_leave);
        if (Clock::now() >= last_time || idle_.is_over()) break;
      }
      server.pause([&] { return leaving_ && last_time == Clock::time_point::max(); });
    }
    if (!is_interrupted()) {
      throw RunError(outage_.reason() + "; the last evaluation is lost, another worker repeats it");
    }
    ++undelivered_;
  }

  const WorkerSpec& spec_;
  const RunOffer& offer_;
  const Workbench& bench_;
  IdleTime& idle_;
  Outage& outage_;
  QueueKeys keys_;
  std::string platform_;
  std::atomic<bool> leaving_{false}, failed_{false};
  std::atomic<std::int64_t> evaluated_{0}, undelivered_{0};
  std::mutex mutex_;                         ///< guards the members below
  std::map<std::string, std::string> held_;  ///< by id of the thread: the entry that it works on
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;  ///< last
};

class Worker {
 public:
  explicit Worker(const WorkerSpec& spec)
      : spec_(spec),
        keys_(spec.access.address.name),
        outage_(fmt::format("trying again, for at most {:g} s", spec.max_idle)),
        server_(spec.access, outage_, is_interrupted),
        idle_(spec.max_idle) {}

  std::int64_t run() {
    while (const std::optional<RunOffer> offer = wait_for_offer()) serve(*offer);
    return evaluated_;
  }

 private:
  /// The current search of the queue; nothing if the queue has no search.
  std::optional<RunOffer> offer() {
    const std::optional<RedisReply> reply = server_.run({"GET", keys_.offer()});
    if (!reply || reply->is_null) return std::nullopt;
    try {
      return RunOffer::parse(reply->text);
    } catch (const MessageError& error) {
      throw DataError("the queue " + in_quotes(spec_.access.address.text) +
                      " is not of this version of wrcor: " + error.what());
    }
  }

  /// The search to serve next; nothing when it has ended, or no search comes.
  std::optional<RunOffer> wait_for_offer() {
    spdlog::info("waiting for a search at {}", spec_.access.address.text);
    for (;;) {
      require_no_signal();
      std::optional<RunOffer> found = offer();
      if (found && found->finished) {
        spdlog::info("the search has ended");
        return std::nullopt;
      }
      if (idle_.is_over()) {
        end_idle();
        return std::nullopt;
      }
      if (found) return found;
      server_.pause(is_interrupted);
    }
  }

  /// @throws RunError when the server was not there
  void end_idle() const {
    if (const std::string reason = outage_.reason(); !reason.empty()) throw RunError(reason);
    spdlog::info("no work for {:g} s", spec_.max_idle);
  }

  void require_no_signal() const {
    const int signal = InterruptGuard::signal();
    if (signal == 0) return;
    std::string message = fmt::format("interrupted; {} networks were evaluated, and ", evaluated_);
    if (undelivered_ == 0) {
      message += "what had started is delivered";
    } else {
      message += fmt::format("{} could not be delivered, which others repeat ({})",
                             counted(static_cast<std::size_t>(undelivered_), "batch", "batches"),
                             outage_.reason());
    }
    throw Interrupted(signal, message);
  }

  /// Until the offer changes, or nothing has come for too long.
  void serve(const RunOffer& run) {
    const std::optional<RedisReply> images = server_.run({"GET", keys_.images()});
    if (!images || images->is_null) {  // it is being published
      server_.pause(is_interrupted);
      return;
    }
    const Workbench bench = workbench_for(run, images->text);
    spdlog::info("working for {}", run.coordinator);
    idle_.restart();
    Crew crew(spec_, run, bench, idle_, outage_);
    while (is_current(run) && !crew.has_failed() && !is_interrupted() && !idle_.is_over()) {
      crew.give_sign(server_);
      sleep_until(sign_period(run), is_interrupted);
    }
    crew.finish(server_);
    evaluated_ += crew.evaluated();
    undelivered_ += crew.undelivered();
  }

  Workbench workbench_for(const RunOffer& run, const std::string& images) const {
    try {
      return offered_workbench(run, images, spec_.local);
    } catch (const MessageError& error) {
      throw DataError("the queue " + in_quotes(spec_.access.address.text) +
                      " offers no search that this worker understands: " + error.what());
    }
  }

  /// When the server is away, the offer may come back with it.
  bool is_current(const RunOffer& run) {
    const std::optional<RunOffer> now = offer();
    return now ? now->run == run.run && !now->finished : true;
  }

  const WorkerSpec& spec_;
  QueueKeys keys_;
  Outage outage_;
  Reconnecting server_;
  IdleTime idle_;
  std::int64_t evaluated_ = 0, undelivered_ = 0;
};

}  // namespace

std::int64_t run_worker(const WorkerSpec& spec) {
  const InterruptGuard guard;
  try {
    return Worker(spec).run();
  } catch (const RedisRefusal& refusal) {
    give_up_after(refusal, spec.access.address);
  }
}

}  // namespace wrcor

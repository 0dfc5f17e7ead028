#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "queue/evaluation_source.h"
#include "queue/messages.h"
#include "queue/outage.h"
#include "queue/queue_host.h"
#include "queue/worker_watch.h"

namespace wrcor {

/// Evaluates genotypes on the workers of a queue, which come and go.
///
/// The queue is a cache of what is in flight here: it is published again when the server has lost
/// it, and everything read from it is checked. An item is removed there once its evaluations are in
/// the journal. An item whose worker gives no sign of life for a lease is given to another worker,
/// and fails after several workers have ended over it.
class RemoteEvaluations final : public EvaluationSource {
 public:
  /// Workers that may end over an item before it counts as failed.
  static constexpr int most_attempts = 3;

  /// @param run  outlives the object
  /// @throws UsageError when the queue belongs to another search, or the server refuses; RunError
  /// when it cannot be reached. A refusal that passes by itself is waited for.
  RemoteEvaluations(const HostedRun& run, const SourceShape& shape, EvaluationHooks hooks);
  ~RemoteEvaluations() override { stop(); }

  /// While the server is away, also drops the work that workers hold.
  void drop() override;
  void stop() override;
  std::string why_idle() const override;
  std::optional<double> seconds_left(std::int64_t, double) const override { return std::nullopt; }
  int workers() const override;
  std::vector<std::string> platforms() const override;

 private:
  using Clock = std::chrono::steady_clock;

  /// A batch in flight.
  struct Item {
    Batch batch;
    std::uint64_t number = 0;  ///< in the order of submission
    std::string text;          ///< WorkItem
    std::string entry = {};    ///< in the stream of work; empty: not published
    int attempts = 0;          ///< workers that have ended over it
  };

  /// A batch with its evaluations.
  struct Settled {
    Item item;
    std::vector<Evaluation> evaluations;
  };

  /// A result that has no item yet, because it is for an earlier session of the search.
  struct EarlyResult {
    WorkResult result;
    std::string entry;  ///< in the stream of results
  };

  /// Entries of the server's streams that it need not keep any more.
  struct Done {
    std::vector<std::string> work, results;
  };

  void start(Batch batch) override;

  // On the thread, which alone uses the server.
  void serve();
  void serve_once();
  void connect();
  void note_missing();
  void publish(bool keep_results);
  void refill();
  void publish_missing();
  void look_after();
  void look_for_workers();
  bool has_items() const;
  void reclaim();
  void drop_unstarted();
  void take_results();
  void take_early();
  void take(EarlyResult arrived, std::vector<Settled>& settled, Done& done);
  void keep_early(EarlyResult arrived, Done& done);
  void finish(std::vector<Settled>& settled, const Done& done);
  std::string objection(const WorkResult& result, const Item& item) const;
  bool settle(std::vector<Settled>& settled);
  Evaluation failed(const Genotype& genotype) const;
  void note_lost(const QueueLost& lost);
  void note_refused(const RedisRefusal& refusal);
  bool must_end() const { return stopping_ || run_.is_interrupted(); }

  std::map<std::string, Item>::iterator item_of_entry(const std::string& entry);

  const HostedRun& run_;
  int repeats_;
  EvaluationHooks hooks_;
  std::atomic<bool> dropping_{false}, stopping_{false};
  QueueHost host_;
  Outage outage_{"trying again"};
  WorkerWatch watch_;
  GrowingPause pause_;
  int unexpected_ = 0;  ///< refusals in a row that do not pass
  bool must_refill_ = false, must_renew_results_ = false;
  std::map<std::string, EarlyResult> early_;  ///< by WorkItem::id()
  Clock::time_point looked_after_{}, busy_{};

  mutable std::mutex mutex_;  ///< guards the members below
  std::uint64_t started_ = 0;
  std::map<std::string, Item> items_;    ///< in flight, by WorkItem::id()
  std::deque<std::string> unpublished_;  ///< ids of those that wait for it
  std::exception_ptr failure_;           ///< of the thread, which has ended
  std::set<std::string> workers_, platforms_;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace wrcor

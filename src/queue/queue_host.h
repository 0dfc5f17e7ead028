#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "queue/messages.h"
#include "queue/queue_keys.h"
#include "queue/redis.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A search as its coordinator offers it to workers.
struct HostedRun {
  QueueAccess access;
  RunOffer offer;
  std::string images;                                  ///< bytes of the minibatch
  std::vector<std::string> proxies;                    ///< that every evaluation has
  std::function<std::string(const Genotype&)> format;  ///< the text of an architecture
  std::function<Costs(const Genotype&)> costs;
  /// Whether the process is to end: it then waits for the server only briefly.
  std::function<bool()> is_interrupted = [] { return false; };
};

/// Ends a search for its workers, and removes what it left on the server. A server that cannot be
/// reached is reported as a warning.
void end_hosted_run(const HostedRun& run);

/// An entry of a stream of a queue.
struct QueueEntry {
  std::string id;
  std::string text;
};

/// The keys of a queue on its server, as the coordinator of its search uses them. On one thread.
/// All functions that use the server throw QueueLost and RedisRefusal.
class QueueHost {
 public:
  /// @param run         outlives the object
  /// @param is_hurried  whether to wait for the server only briefly
  QueueHost(const HostedRun& run, std::function<bool()> is_hurried);

  bool is_connected() const { return redis_.has_value(); }
  /// Connects, and takes the queue for this process.
  /// @throws UsageError when the queue belongs to another search that lives
  void connect();
  void disconnect() { redis_.reset(); }
  /// Gives the queue back, so that the search may continue at once in another process.
  void release();
  /// Shows that this process lives. @throws RunError when another process owns the queue now
  void keep_ownership();

  /// Whether the server has all that this search has published.
  bool is_published();
  /// Whether it has the data of an earlier session of this search.
  bool has_offer_of_run();
  /// Publishes the search, without work: nothing that the server may hold is needed.
  void publish(bool keep_results);

  /// Adds work. @return its entries
  std::vector<std::string> add_work(const std::vector<std::string>& texts);
  /// Which of these entries the server does not have.
  std::vector<std::string> missing_work(const std::vector<std::string>& entries);
  /// Takes back the entries of workers that have given no sign for a lease.
  std::vector<std::string> reclaim_work();
  /// The entries that workers have.
  std::set<std::string> held_work();
  /// Removes entries of the streams.
  void remove(const std::vector<std::string>& work, const std::vector<std::string>& results);

  /// The results after the last read, or after publish() all of them; waits a while for the first.
  std::vector<QueueEntry> read_results(std::chrono::milliseconds wait);

  /// How many workers of this search gave a sign of life lately.
  std::ptrdiff_t workers();

 private:
  void take_ownership();
  void await_ownership(const std::string& owner);
  void make_results();

  const HostedRun& run_;
  std::function<bool()> is_hurried_;
  QueueKeys keys_;
  std::string owner_;  ///< this process, as the owner of the queue
  std::optional<Redis> redis_;
  std::string last_read_;  ///< entry of the stream of results; empty: none
};

}  // namespace wrcor

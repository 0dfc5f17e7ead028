#pragma once

#include <string>

namespace wrcor {

/// The keys of a queue on its server, and the names in them.
class QueueKeys {
 public:
  static constexpr const char* group = "workers";  ///< that reads the stream of work
  static constexpr const char* field = "json";     ///< of every entry of a stream

  /// @param name  of the queue
  explicit QueueKeys(const std::string& name) : prefix_("wrcor:" + name + ":") {}

  std::string offer() const { return prefix_ + "run"; }          ///< RunOffer
  std::string images() const { return prefix_ + "images"; }      ///< bytes of the minibatch
  std::string work() const { return prefix_ + "work"; }          ///< stream of WorkItem
  std::string results() const { return prefix_ + "results"; }    ///< stream of WorkResult
  std::string owner() const { return prefix_ + "coordinator"; }  ///< that lives, and its run
  /// WorkerCard of a worker that lives.
  std::string worker(const std::string& id) const { return prefix_ + "worker:" + id; }

  /// The pattern of the offers of all queues, and the name in one that matches.
  static constexpr const char* all_offers = "wrcor:*:run";
  static std::string name_of(const std::string& offer) {
    constexpr std::size_t before = 6, after = 4;
    return offer.size() > before + after ? offer.substr(before, offer.size() - before - after)
                                         : std::string();
  }

 private:
  std::string prefix_;
};

}  // namespace wrcor

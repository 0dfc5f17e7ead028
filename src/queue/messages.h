#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/score/evaluation.h"

namespace wrcor {

/// A message of a queue is not as expected. Whoever may write to the server can write anything
/// there.
struct MessageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A batch of architectures to evaluate.
struct WorkItem {
  std::string run;  ///< identity of the search
  int repeats = 1;
  std::vector<std::string> archs;

  static constexpr std::size_t most_archs = 4096;
  /// Identity of the item in its search, determined by what is to be evaluated.
  std::string id() const;
  std::string text() const;
  /// @throws MessageError
  static WorkItem parse(std::string_view text);
};

/// The evaluations of an item.
struct WorkResult {
  std::string run;
  std::string item;                     ///< WorkItem::id()
  std::string entry;                    ///< of the stream that the item was in
  std::string worker;                   ///< that made them
  std::string platform;                 ///< of the worker: RunOffer::platform in one text
  std::vector<Evaluation> evaluations;  ///< in the order of the item

  std::string text() const;
  /// @throws MessageError
  static WorkResult parse(std::string_view text);
};

/// The offer of a search to its workers.
struct RunOffer {
  static constexpr int protocol = 1;

  std::string run;          ///< identity of the search: hash of the header of its journal
  std::string session;      ///< of the coordinator, different after every start
  std::string coordinator;  ///< host and process, for messages
  bool finished = false;    ///< there is no more work
  nlohmann::ordered_json
      config;                   ///< that workers need, without what is of the coordinator's machine
  nlohmann::ordered_json data;  ///< {"name", "classes"} of the data set
  std::vector<std::int64_t> images;  ///< shape of the images of the minibatch: [N, 3, H, W]
  std::string sha256;                ///< of the minibatch
  nlohmann::ordered_json platform;   ///< what computes scores
  bool mixed = false;                ///< other platforms are admitted
  int lease_seconds = 60;

  std::string text() const;
  /// @throws MessageError
  static RunOffer parse(std::string_view text);
};

/// A worker, as it presents itself.
struct WorkerCard {
  std::string id;
  std::string device;
  std::string platform;
  std::string run;  ///< that it works for
  std::int64_t evaluated = 0;

  std::string text() const;
  /// @throws MessageError
  static WorkerCard parse(std::string_view text);
};

}  // namespace wrcor

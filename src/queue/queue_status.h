#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "queue/messages.h"
#include "queue/queue_address.h"

namespace wrcor {

/// The state of one queue on a server.
struct QueueStatus {
  std::string name;
  RunOffer offer;
  bool has_coordinator = false;          ///< that gave a sign of life lately
  std::int64_t waiting = 0;              ///< items that no worker has
  std::int64_t held = 0;                 ///< items that workers have
  std::int64_t results = 0;              ///< that the coordinator has not read
  std::vector<WorkerCard> workers = {};  ///< that gave a sign of life lately, by id
};

/// The queue of an address, or all of its server, by name. Anything that is not a queue of this
/// version is omitted, with a warning.
/// @throws UsageError when the queue does not exist, or the server refuses; RunError when it cannot
/// be reached
std::vector<QueueStatus> read_queue_status(const QueueAccess& access);

nlohmann::ordered_json to_json(const std::vector<QueueStatus>& queues);
/// JSON Schema of it.
nlohmann::ordered_json queue_status_schema();

}  // namespace wrcor

#pragma once

#include <cstdint>

#include "queue/queue_address.h"
#include "wrcor/config/config.h"

namespace wrcor {

struct WorkerSpec {
  QueueAccess access;
  Config local;           ///< settings of this machine: device, workers, memory
  double max_idle = 600;  ///< seconds without work, or without the server
};

/// Evaluates the work that the search of a queue offers, until the search has ended, or nothing has
/// come for too long. Waits for the search and for the server.
/// @return the number of networks evaluated
/// @throws UsageError when this process would compute other scores, or the server refuses;
/// DataError for an invalid offer; Interrupted after a signal, when what had started is delivered;
/// RunError
std::int64_t run_worker(const WorkerSpec& spec);

}  // namespace wrcor

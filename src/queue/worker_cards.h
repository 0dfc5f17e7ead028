#pragma once

#include <set>
#include <string>
#include <vector>

#include "queue/messages.h"
#include "queue/queue_keys.h"
#include "queue/redis.h"

namespace wrcor {

/// The keys of a server that match a pattern, sorted.
std::set<std::string> keys_like(Redis& redis, const std::string& pattern);

/// The workers of a queue that gave a sign of life lately, by id.
std::vector<WorkerCard> read_workers(Redis& redis, const QueueKeys& keys);

}  // namespace wrcor

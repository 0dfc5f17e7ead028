// For builds without hiredis. CMake chooses between this and redis.cpp.
#include "queue/redis.h"
#include "wrcor/core/error.h"

namespace wrcor {

struct Redis::State {};

Redis::Redis(const QueueAccess&, Patience) {
  throw UsageError(
      "this build of wrcor has no queues: install libhiredis-dev (Debian) and build it again");
}
Redis::~Redis() = default;
Redis::Redis(Redis&& other) noexcept = default;
Redis& Redis::operator=(Redis&& other) noexcept = default;

RedisReply Redis::run(const RedisCommand&) { return {}; }
std::vector<RedisReply> Redis::run_all(const std::vector<RedisCommand>&) { return {}; }

}  // namespace wrcor

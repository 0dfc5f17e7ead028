// For a client library without TLS, hiredis before 1.0. CMake chooses between this and
// redis_tls.cpp.
#include "internal/redis_tls.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

void start_tls(redisContext&, const QueueAddress& address) {
  throw UsageError("no TLS for " + in_quotes(address.text) +
                   ": this build has a hiredis without it; use redis:// through a tunnel, or build "
                   "with hiredis 1.0 or newer and its hiredis_ssl");
}

}  // namespace wrcor

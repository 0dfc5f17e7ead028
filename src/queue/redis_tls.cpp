// The client library with TLS, hiredis 1.0 or newer. CMake chooses between this and
// no_redis_tls.cpp.
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>

#include "internal/redis_tls.h"
#include "queue/redis.h"

namespace wrcor {
namespace {

/// Lives as long as the process: connections refer to it.
redisSSLContext* tls_context() {
  static redisSSLContext* const context = [] {
    redisInitOpenSSL();
    redisSSLContextError error = REDIS_SSL_CTX_NONE;
    redisSSLContext* made =
        redisCreateSSLContext(nullptr, "/etc/ssl/certs", nullptr, nullptr, nullptr, &error);
    if (made == nullptr) throw QueueLost(redisSSLContextGetError(error));
    return made;
  }();
  return context;
}

}  // namespace

void start_tls(redisContext& context, const QueueAddress&) {
  if (redisInitiateSSLWithContext(&context, tls_context()) != REDIS_OK)
    throw QueueLost(std::string("no TLS: ") + context.errstr);
}

}  // namespace wrcor

#pragma once

#include "queue/queue_address.h"

struct redisContext;

namespace wrcor {

/// Encrypts a new connection and verifies the server's certificate by those of the system.
/// @throws QueueLost; UsageError when the certificate is not trusted, or the client library has no
/// TLS
void start_tls(redisContext& context, const QueueAddress& address);

}  // namespace wrcor

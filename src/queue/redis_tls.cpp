// The client library with TLS, hiredis 1.0 or newer. CMake chooses between this and
// no_redis_tls.cpp.
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

#include "internal/redis_tls.h"
#include "queue/redis.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// Lives as long as the process. The certificates are those of the system, or of SSL_CERT_FILE.
SSL_CTX& client_context() {
  static SSL_CTX* const context = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    if (made == nullptr || SSL_CTX_set_default_verify_paths(made) != 1 ||
        SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) != 1)
      throw QueueLost("OpenSSL cannot be used");
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nullptr);
    return made;
  }();
  return *context;
}

/// hiredis itself would accept the certificate of any host.
bool expect_host(SSL& ssl, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), host.c_str()) == 1) return true;
  return SSL_set_tlsext_host_name(&ssl, host.c_str()) == 1 &&
         SSL_set1_host(&ssl, host.c_str()) == 1;
}

}  // namespace

void start_tls(redisContext& context, const QueueAddress& address) {
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(&client_context()));
  if (!ssl || !expect_host(*ssl, address.host)) throw QueueLost("OpenSSL cannot be used");
  if (redisInitiateSSL(&context, ssl.get()) == REDIS_OK) {
    ssl.release();  // the connection owns it
    return;
  }
  if (const long result = SSL_get_verify_result(ssl.get()); result != X509_V_OK) {
    throw UsageError("the certificate of " + in_quotes(address.text) + " is not trusted (" +
                     X509_verify_cert_error_string(result) +
                     "); it must be of the host, and signed by an authority of the system or of "
                     "the file that the variable SSL_CERT_FILE names");
  }
  throw QueueLost("no TLS (" + std::string(static_cast<const char*>(context.errstr)) +
                  "); does the server speak it at this port?");
}

}  // namespace wrcor

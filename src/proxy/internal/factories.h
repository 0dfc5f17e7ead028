#pragma once

#include "proxy/factory.h"

// Every proxy's factory, which is in the file of the proxy or of its family.
namespace wrcor {

#define WRCOR_PROXY(name, better, variant, summary) \
  std::unique_ptr<Proxy> make_##name(const ProxyContext&);
#include "score/proxies.inc"
#undef WRCOR_PROXY

}  // namespace wrcor

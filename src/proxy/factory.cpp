#include "proxy/factory.h"

#include <map>

#include "internal/factories.h"
#include "wrcor/score/proxies.h"

namespace wrcor {

std::unique_ptr<Proxy> make_proxy(const std::string& name, const ProxyContext& context) {
  static const std::map<std::string, std::unique_ptr<Proxy> (*)(const ProxyContext&)> factories{
#define WRCOR_PROXY(name, better, variant, summary) {#name, make_##name},
#include "score/proxies.inc"
#undef WRCOR_PROXY
  };
  return factories.at(proxies().find(name).name)(context);
}

}  // namespace wrcor

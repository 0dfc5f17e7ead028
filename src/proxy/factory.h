#pragma once

#include <memory>
#include <string>

#include "proxy/proxy.h"
#include "wrcor/score/proxies.h"

namespace wrcor {

class SearchSpace;

/// Context available to a proxy when it is made.
struct ProxyContext {
  const SearchSpace& space;
  ProxyInput input = ProxyInput::published;
};

/// Makes one of the proxies of score/proxies.h. @throws UsageError that lists the known names.
std::unique_ptr<Proxy> make_proxy(const std::string& name, const ProxyContext& context);

}  // namespace wrcor

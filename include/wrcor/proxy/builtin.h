#pragma once

#include <functional>
#include <memory>

#include "wrcor/core/registry.h"

namespace wrcor {

class Proxy;
using ProxyFactory = std::function<std::unique_ptr<Proxy>()>;

/// All proxies by name.
const Registry<ProxyFactory>& proxies();

}  // namespace wrcor

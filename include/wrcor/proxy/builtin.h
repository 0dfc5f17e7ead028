#pragma once

#include <functional>
#include <memory>

#include "wrcor/core/registry.h"

namespace wrcor {

class Proxy;
class SearchSpace;

/// Which of two different scores is the better one.
enum class Direction { higher, lower };

/// What a proxy may look at when it is made.
struct ProxyContext {
  const SearchSpace& space;
};

/// A registered proxy.
struct ProxyKind {
  Direction better = Direction::higher;
  std::function<std::unique_ptr<Proxy>(const ProxyContext&)> make;
};

/// All proxies by name.
const Registry<ProxyKind>& proxies();

}  // namespace wrcor

#pragma once

#include "wrcor/core/registry.h"

namespace wrcor {

/// Input of the networks for proxies whose publication feeds them with noise.
enum class ProxyInput {
  published,  ///< standard normal noise of the minibatch's shape
  images,     ///< the images of the minibatch
};

/// Which of two different scores is the better one.
enum class Direction { higher, lower };

/// Properties of a proxy that are known without computing it; proxy/factory.h makes it.
struct ProxyKind {
  Direction better = Direction::higher;
};

/// All proxies by name, as proxies.inc lists them.
const Registry<ProxyKind>& proxies();

}  // namespace wrcor

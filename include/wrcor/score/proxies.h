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

/// Settings of which only some proxies have variants.
enum class ScoreVariant {
  none,
  counting,  ///< score.counting: it reads the responses that this policy counts
  input,     ///< score.proxy_input: it was published with noise
  fixed,     ///< of none, nor of any draw: it reads the network's plan, no weights and no images
};

/// Properties of a proxy that are known without computing it; proxy/factory.h makes it.
struct ProxyKind {
  Direction better = Direction::higher;
  ScoreVariant variant = ScoreVariant::none;
};

/// All proxies by name, as proxies.inc lists them.
const Registry<ProxyKind>& proxies();

}  // namespace wrcor

#pragma once

namespace wrcor {

/// What the networks are given by proxies whose publication feeds them with noise.
enum class ProxyInput {
  published,  ///< standard normal noise of the minibatch's shape
  images,     ///< the images of the minibatch
};

}  // namespace wrcor

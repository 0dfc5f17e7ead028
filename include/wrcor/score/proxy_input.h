#pragma once

namespace wrcor {

/// Input of the networks for proxies whose publication feeds them with noise.
enum class ProxyInput {
  published,  ///< standard normal noise of the minibatch's shape
  images,     ///< the images of the minibatch
};

}  // namespace wrcor

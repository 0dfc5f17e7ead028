#pragma once

#include <string>
#include <vector>

namespace wrcor {

/// A pass over a network, or a proxy's own work, and its purpose.
struct PassCost {
  std::string what;
  std::vector<std::string> serves;  ///< proxies
  double seconds = 0;
  bool shared = true;  ///< false: run by one proxy for itself
};

}  // namespace wrcor

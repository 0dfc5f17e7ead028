#include "wrcor/proxy/builtin.h"

#include "factories.h"

namespace wrcor {

const Registry<ProxyFactory>& proxies() {
  static const Registry<ProxyFactory> registry = [] {
    Registry<ProxyFactory> all("proxy", "proxies");
    all.add("wrcor",
            "weighted response correlation: activations and gradients, late cells weigh more",
            make_wrcor);
    all.add("rcor", "response correlation: activations and gradients, all cells alike", make_rcor);
    all.add("acor", "activation correlation, forward pass only", make_acor);
    all.add("gcor", "gradient correlation", make_gcor);
    return all;
  }();
  return registry;
}

}  // namespace wrcor

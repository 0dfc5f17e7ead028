#include "wrcor/proxy/builtin.h"

#include "factories.h"

namespace wrcor {

const Registry<ProxyKind>& proxies() {
  static const Registry<ProxyKind> registry = [] {
    Registry<ProxyKind> all("proxy", "proxies");
    all.add("wrcor",
            "weighted response correlation: activations and gradients, late cells weigh more",
            {Direction::higher, make_wrcor});
    all.add("rcor", "response correlation: activations and gradients, all cells alike",
            {Direction::higher, make_rcor});
    all.add("acor", "activation correlation, forward pass only", {Direction::higher, make_acor});
    all.add("gcor", "gradient correlation", {Direction::higher, make_gcor});
    return all;
  }();
  return registry;
}

}  // namespace wrcor

#include "wrcor/score/proxies.h"

namespace wrcor {

const Registry<ProxyKind>& proxies() {
  using enum Direction;
  using enum ScoreVariant;
  static const Registry<ProxyKind> registry = [] {
    Registry<ProxyKind> all("proxy", "proxies");
#define WRCOR_PROXY(name, better, variant, summary) all.add(#name, summary, {better, variant});
#include "score/proxies.inc"
#undef WRCOR_PROXY
    return all;
  }();
  return registry;
}

}  // namespace wrcor

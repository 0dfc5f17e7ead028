#pragma once

#include <string_view>

#include "wrcor/proxy/observation.h"
#include "wrcor/score/score.h"

namespace wrcor {

/// A training-free score of a network at initialisation. Constant after construction, used from
/// several threads.
class Proxy {
 public:
  virtual ~Proxy() = default;

  /// What it needs to see; the union over all proxies is measured once.
  virtual Requirements requirements() const = 0;

  /// Never throws for a legal network: a score that is undefined says why. It must not write to any
  /// tensor that it is shown.
  virtual Score score(const Observation& seen) const = 0;

  /// The passes that score() runs by itself, for people; empty without any.
  virtual std::string_view own_passes() const { return {}; }
};

}  // namespace wrcor

#pragma once

#include <string>
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

  /// What a minibatch lacks that every network needs for this score: "at least 4 images"; empty if
  /// it lacks nothing.
  /// @param labels  [N] int64
  virtual std::string lacking(const at::Tensor& /*labels*/) const { return {}; }

  /// A score that is undefined says why. It must not write to any tensor that it is shown. Called
  /// through score_of().
  /// @throws NotFinite
  virtual Score score(const Observation& seen) const = 0;

  /// The passes that score() runs by itself, for people; empty without any.
  virtual std::string_view own_passes() const { return {}; }
};

/// The proxy's score. Where something that goes into it is not finite, or a decomposition does not
/// converge, that score alone is degenerate.
Score score_of(const Proxy& proxy, const Observation& seen);

}  // namespace wrcor

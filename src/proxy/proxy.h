#pragma once

#include <string>
#include <string_view>

#include "proxy/observation.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// A training-free score of a network at initialisation. Constant after construction, used from
/// several threads.
class Proxy {
 public:
  virtual ~Proxy() = default;

  /// The measurements that it needs; the union over all proxies is measured once.
  virtual Requirements requirements() const = 0;

  /// A requirement of this score, for any network, that a minibatch does not meet: "at least 4
  /// images"; empty if it meets all.
  /// @param labels  [N] int64
  virtual std::string lacking(const at::Tensor& /*labels*/) const { return {}; }

  /// An undefined score states the reason. Must not write to any tensor that it receives. Called
  /// through score_of().
  /// @throws NotFinite
  virtual Score score(const Observation& seen) const = 0;

  /// The passes that score() runs itself, human-readable; empty without any.
  virtual std::string_view own_passes() const { return {}; }
};

/// The proxy's score. If one of its inputs is not finite, or a decomposition does not converge,
/// only that score is degenerate.
/// @throws the error of a shared pass that it needs
Score score_of(const Proxy& proxy, const Observation& seen);

}  // namespace wrcor

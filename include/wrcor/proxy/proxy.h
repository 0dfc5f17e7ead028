#pragma once

#include "wrcor/proxy/correlation.h"
#include "wrcor/proxy/score.h"

namespace wrcor {

/// What a proxy needs to see of a network. The evaluator runs the union of all proxies' needs once.
struct Requirements {
  bool activations = false;  ///< correlations of activations
  bool gradients = false;    ///< correlations of the gradients at them; makes a backward pass
};

/// What the evaluator saw.
struct Observation {
  const CorrelationSums& correlations;
};

/// A training-free score of a network at initialisation; higher is better. Constant after
/// construction, used from several threads.
class Proxy {
 public:
  virtual ~Proxy() = default;
  virtual Requirements requirements() const = 0;
  /// Never throws for a legal network: a score that is undefined is degenerate, with a reason. For
  /// connected cells of NAS-Bench-201 and different images it is ok.
  virtual Score score(const Observation& seen) const = 0;
};

}  // namespace wrcor

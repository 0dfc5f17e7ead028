#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/worker_pool.h"
#include "minibatch/minibatch.h"
#include "nn/weights.h"
#include "wrcor/space/network_plan.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Seconds of layers of one kind, without correlations.
struct KindSeconds {
  double forward = 0;
  double backward = 0;
};

/// Breakdown of the seconds of evaluations by WRCor, over all workers.
struct Breakdown {
  double set_up = 0;  ///< plans, weights, taps
  double forward = 0;
  double backward = 0;
  double correlation = 0;
  double scoring = 0;  ///< weighted sums, log-determinants
  double idle = 0;     ///< workers without work
  /// Forward and backward by kind of layer; of convolutions by kernel, stride and channels, too. A
  /// layer that is fused counts for its reader.
  std::map<std::string, KindSeconds> kinds;
};

/// Evaluates every genotype once, one by one on each worker, and measures every step. This is
/// slower than an evaluation, on CUDA by far, because each step waits for the device.
Breakdown break_down(const SearchSpace& space, std::span<const Genotype> genotypes,
                     const Minibatch& minibatch, const WeightBank& bank, Counting counting,
                     WorkerPool& pool, int workers);

}  // namespace wrcor

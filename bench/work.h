#pragma once

#include <c10/core/Device.h>

#include "nn/response.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// The cost of a computation from first principles, independent of the method.
struct Work {
  double flop = 0;   ///< additions and multiplications
  double bytes = 0;  ///< every tensor read once by each of its readers, and written once
  Work& operator+=(const Work& other);
};

/// The parts of an evaluation.
struct EvaluationWork {
  Work forward;
  Work backward;     ///< gradients of activations down to the first ReLU, none of weights
  Work correlation;  ///< one symmetric Gram matrix for every response
  Work total() const;
};

/// Of WRCor. @param samples  of the minibatch
EvaluationWork work_of(const NetworkPlan& plan, int samples, Counting counting);

/// The limits of the machine, measured by a matrix product and a sum of long vectors.
struct Machine {
  double flop_per_second = 0;   ///< float32
  double bytes_per_second = 0;  ///< of main memory
  /// Lower bound on the seconds of the work, if both limits are reached at the same time.
  double seconds(const Work& work) const;
};

/// @param threads  that work at the same time
Machine measure_machine(const c10::Device& device, int threads);

}  // namespace wrcor

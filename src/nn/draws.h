#pragma once

#include <cstdint>
#include <string>

#include "wrcor/nn/initialisation.h"

namespace wrcor {

// Seeds of what is drawn for a network of a run. Each is derived from the run's seed of weights; in
// shared mode it does not depend on the architecture.

/// @param repeat  from 0
/// @param architecture  as the space writes it
std::uint64_t weights_seed(std::uint64_t seed, int repeat, WeightsMode mode,
                           const std::string& architecture);
std::uint64_t noise_seed(std::uint64_t seed, int repeat, WeightsMode mode,
                         const std::string& architecture);

}  // namespace wrcor

#pragma once

#include "wrcor/space/builtin.h"

namespace wrcor {

/// The topology space of NAS-Bench-201, see nas_bench_201.h.
SpaceFamily nb201_family();

}  // namespace wrcor

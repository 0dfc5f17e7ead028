#pragma once

#include <functional>
#include <memory>

#include "wrcor/core/registry.h"
#include "wrcor/space/nas_bench_201.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Makes a space for networks of the given size. @throws
/// UsageError for sizes that the space cannot have.
using SpaceFactory = std::function<std::unique_ptr<SearchSpace>(const MacroSettings&)>;

/// The search spaces by name.
const Registry<SpaceFactory>& spaces();

}  // namespace wrcor

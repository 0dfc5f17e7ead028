#pragma once

#include <string>

#include "wrcor/space/search_space.h"

namespace wrcor::cli {

/// What read_architecture() takes, for the help of a command.
inline constexpr const char* architecture_forms =
    "architecture string, lexicographic id, index:N for the official index, or the folder of a "
    "finished run: RUN for its best, RUN#K for the one of rank K";

/// The architecture that an argument names.
/// @throws UsageError for what names none; DataError when a run's result cannot be read
Genotype read_architecture(const SearchSpace& space, const std::string& text);

}  // namespace wrcor::cli

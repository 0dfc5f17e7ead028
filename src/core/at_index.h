#pragma once

#include <cstddef>

namespace wrcor {

/// For subscripts: layers, nodes and networks are numbered by int, from 0.
constexpr std::size_t at_index(int number) { return static_cast<std::size_t>(number); }

}  // namespace wrcor

#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace wrcor {

/// A plain scalar as YAML's core schema types it: null, boolean, integer, number or text. Integers
/// beyond 64 bits become numbers; numbers that are not finite stay text.
nlohmann::json typed_scalar(std::string_view text);

}  // namespace wrcor

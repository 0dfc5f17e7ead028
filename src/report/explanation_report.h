#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "score/explanation.h"

namespace wrcor {

/// An explanation as human-readable text.
std::string explanation_text(const Explanation& explanation);

/// The same as a JSON document, numbers exact, null if undefined.
std::string explanation_json(const Explanation& explanation);
nlohmann::ordered_json explanation_schema();

}  // namespace wrcor

#pragma once

#include <string>

#include "wrcor/space/portrait.h"

// The picture of an architecture that its space provides: its cell, its parts, or both.
namespace wrcor {

/// Lines of text for a terminal, in box-drawing characters (UTF-8).
std::string portrait_text(const Portrait& portrait);

/// A picture as one <svg> element, as cell_svg() draws it.
std::string portrait_svg(const Portrait& portrait, const std::string& title);

}  // namespace wrcor

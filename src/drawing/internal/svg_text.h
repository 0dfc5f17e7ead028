#pragma once

#include <string>

namespace wrcor {

/// A text between the tags of SVG.
std::string svg_text(const std::string& text);

}  // namespace wrcor

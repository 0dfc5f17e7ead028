#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_tree.h"

namespace wrcor {

/// Reads the section `space` of a document, as read_space_definition() reads a text.
nlohmann::ordered_json read_space_section(const YamlNode& section, const std::string& file,
                                          std::vector<std::string>& problems);

/// Whether a text that names a space is the path of a definition file, judged by its end.
bool names_definition_file(std::string_view text);

}  // namespace wrcor

#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// Reads the definition of a search space that its user writes, a YAML or JSON text:
///
///   space:
///     kind: cell       # or chain
///     name: my-cells
///     ...
///
/// @param file      its name, for messages
/// @param problems  a line for each error is appended: "my.yaml:4:10: space.nodes: expected an
///                  integer from 2 to 8, got 9"
/// @return the section with every default written out; nothing useful where there are problems
nlohmann::ordered_json read_space_definition(const std::string& text, const std::string& file,
                                             std::vector<std::string>& problems);

/// The space of a definition.
/// @param definition  that read_space_definition() gives
/// @throws UsageError for images or classes other than those that the definition names, and for
///         images that its networks cannot take
std::unique_ptr<SearchSpace> make_defined_space(const nlohmann::ordered_json& definition,
                                                const NetworkInput& input);

/// The same for the texts and numbers of its architectures, whatever the data.
std::unique_ptr<SearchSpace> make_defined_naming_space(const nlohmann::ordered_json& definition);

}  // namespace wrcor

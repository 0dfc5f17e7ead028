#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "definition_section.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A kind of search space that users define.
struct SpaceKind {
  /// Reads the keys of the kind, and writes them with all defaults to the definition, which has
  /// what all kinds have: kind, name, input, classes.
  std::function<void(DefinitionSection&, nlohmann::ordered_json&)> read;
  /// @param definition  complete
  /// @throws UsageError for images that the networks cannot take
  std::function<std::unique_ptr<SearchSpace>(const nlohmann::ordered_json&, const NetworkInput&)>
      make;
};

const Registry<SpaceKind>& space_kinds();

SpaceKind cell_kind();
SpaceKind chain_kind();

}  // namespace wrcor

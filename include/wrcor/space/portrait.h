#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/space/cell_graph.h"

namespace wrcor {

/// One thing that a space says of an architecture.
struct Fact {
  std::string key;               ///< in JSON and as the head of a column
  std::string label;             ///< in text
  nlohmann::ordered_json value;  ///< a text, a number or a boolean
  bool in_table = false;         ///< also a column where many architectures are listed
};

/// What `describe` and the report show of one architecture, beside its text, costs and class.
struct Portrait {
  /// The parts of a network that differ from one architecture to another, a row each.
  struct Parts {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
  };

  std::vector<Fact> numbers;       ///< that name the architecture, such as its index
  std::vector<Fact> facts;         ///< everything else
  std::optional<CellGraph> graph;  ///< nothing: the space has no cells
  std::optional<Parts> parts;      ///< nothing: the graph says all
};

}  // namespace wrcor

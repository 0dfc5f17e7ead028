// Search spaces of cells that users define: kind "cell".
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cell_space.h"
#include "space/definition/space_kind.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

constexpr int most_stages = 12;
constexpr int most_cells = 1000;  // in all stages

std::vector<std::string> names_of(const std::vector<CellOperation>& operations) {
  std::vector<std::string> names;
  for (const CellOperation& operation : operations) names.push_back(operation.name);
  return names;
}

std::vector<std::string> read_operations(DefinitionSection& section) {
  const std::vector<std::string> known = names_of(cell_operations());
  if (section.find("ops") == nullptr) return names_of(nas_bench_201_operations());
  std::vector<std::string> names;
  const auto items = section.list("ops", 2, known.size(), /*required=*/true, "operations");
  for (const YamlNode* item : items) {
    if (item->kind != YamlNode::Kind::scalar) {
      section.report("ops", *item, "expected the name of an operation, got " + shown_value(*item));
    } else if (std::ranges::find(known, item->text) == known.end()) {
      section.report("ops", *item,
                     unknown_name_message("operation", "operations", item->text, known));
    } else if (std::ranges::find(names, item->text) != names.end()) {
      section.report("ops", *item, in_quotes(item->text) + " is listed twice");
    } else {
      names.push_back(item->text);
    }
  }
  return names;
}

void read(DefinitionSection& section, ordered_json& definition) {
  const CellDefinition defaults;
  definition["nodes"] = section.integer("nodes", CellDefinition::least_nodes,
                                        CellDefinition::most_nodes, defaults.nodes);
  definition["ops"] = read_operations(section);
  definition["channels"] = section.integer("channels", 1, 4096, defaults.channels);
  const std::int64_t cells = section.integer("cells_per_stage", 1, 300, defaults.cells_per_stage);
  const std::int64_t stages = section.integer("stages", 1, most_stages, defaults.stages);
  definition["cells_per_stage"] = cells;
  definition["stages"] = stages;
  if (cells * stages > most_cells)
    section.report(
        fmt::format("expected at most {} cells in all stages, got {}", most_cells, cells * stages));
}

std::unique_ptr<SearchSpace> make(const ordered_json& definition, const NetworkInput& input) {
  CellDefinition cells{.name = definition.at("name").get<std::string>(),
                       .nodes = definition.at("nodes").get<int>(),
                       .operations = {},
                       .stages = definition.at("stages").get<int>(),
                       .cells_per_stage = definition.at("cells_per_stage").get<int>(),
                       .channels = definition.at("channels").get<int>()};
  for (const auto& name : definition.at("ops"))
    cells.operations.push_back(*find_cell_operation(name.get<std::string>()));
  return std::make_unique<CellSpace>(std::move(cells), input);
}

}  // namespace

SpaceKind cell_kind() { return {.read = read, .make = make}; }

}  // namespace wrcor

#include "cell_space.h"

#include <limits>
#include <utility>

#include "canonical_cell.h"
#include "cell_costs.h"
#include "cell_drawing_graph.h"
#include "cell_text.h"
#include "reach.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string times(int count) {
  if (count == 1) return "once";
  return count == 2 ? "twice" : std::to_string(count) + " times";
}

void require_sizes(const CellDefinition& definition, const NetworkInput& input) {
  const auto require_positive = [&](const char* what, int value) {
    if (value >= 1) return;
    throw UsageError(definition.name + ": " + what + ": expected at least 1, got " +
                     std::to_string(value));
  };
  require_positive("channels", definition.channels);
  require_positive("cells per stage", definition.cells_per_stage);
  require_positive("classes", input.classes);
  require_positive("channels of the images", input.image.channels);
  const int halvings = definition.stages - 1;
  const auto require_halves = [&](const char* what, int value) {
    const int factor = 1 << halvings;
    if (value >= factor && value % factor == 0) return;
    throw UsageError(definition.name + ": " + what + " of the images: expected " +
                     (halvings == 0 ? "at least 1"
                                    : "a multiple of " + std::to_string(factor) +
                                          " (the network halves it " + times(halvings) + ")") +
                     ", got " + std::to_string(value));
  };
  require_halves("height", input.image.height);
  require_halves("width", input.image.width);
}

std::vector<Decision> decisions_of(const CellDefinition& definition) {
  std::vector<std::string> names;
  for (const CellOperation& operation : definition.operations) names.push_back(operation.name);
  std::vector<Decision> decisions;
  for (const CellEdge& edge : definition.edges(Genotype(definition.edge_count())))
    decisions.push_back(
        {"edge " + std::to_string(edge.source) + "->" + std::to_string(edge.target), names});
  return decisions;
}

/// Nothing: more than 63 bits.
std::optional<std::uint64_t> size_of(const CellDefinition& definition) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  std::uint64_t size = 1;
  for (std::size_t e = 0; e < definition.edge_count(); ++e) {
    if (size > most / definition.operations.size()) return std::nullopt;
    size *= definition.operations.size();
  }
  return size;
}

}  // namespace

CellSpace::CellSpace(CellDefinition definition, const NetworkInput& input)
    : definition_(std::move(definition)),
      input_(input),
      decisions_(decisions_of(definition_)),
      size_(size_of(definition_)) {
  require_sizes(definition_, input_);
  require_countable(definition_, input_);
}

Genotype CellSpace::at(std::uint64_t index) const {
  if (!size_) return SearchSpace::at(index);
  if (index >= *size_)
    throw UsageError(name() + ": index " + std::to_string(index) + " is outside 0 .. " +
                     std::to_string(*size_ - 1));
  Genotype genotype(definition_.edge_count());
  const std::uint64_t base = definition_.operations.size();
  for (std::size_t e = genotype.size(); e-- > 0; index /= base)
    genotype[e] = static_cast<int>(index % base);
  return genotype;
}

std::uint64_t CellSpace::index(const Genotype& genotype) const {
  if (!size_) return SearchSpace::index(genotype);
  require(genotype);
  std::uint64_t index = 0;
  for (const int operation : genotype)
    index = index * definition_.operations.size() + static_cast<std::uint64_t>(operation);
  return index;
}

Genotype CellSpace::parse(std::string_view text) const { return parse_cell(definition_, text); }

std::string CellSpace::format(const Genotype& genotype) const {
  require(genotype);
  return format_cell(definition_, genotype);
}

Genotype CellSpace::effective(const Genotype& genotype) const {
  require(genotype);
  return definition_.effective(genotype);
}

Genotype CellSpace::representative(const Genotype& genotype, Dedupe dedupe) const {
  const Genotype effective_cell = effective(genotype);
  if (dedupe == Dedupe::exact) return genotype;
  // Unused edges change a score, so cells with some share it with no other.
  if (dedupe == Dedupe::score && effective_cell != genotype) return genotype;
  return canonical_cell(definition_, effective_cell);
}

bool CellSpace::connected(const Genotype& genotype) const {
  require(genotype);
  return Reach(definition_.edges(genotype), definition_.nodes).connected();
}

Portrait CellSpace::portrait(const Genotype& genotype) const {
  const Genotype effective_cell = effective(genotype);
  Portrait portrait;
  if (size_) portrait.numbers = {{"id", "id", index(genotype), true}};
  portrait.facts = {{"effective", "effective cell", format(effective_cell)},
                    {"effective_params", "effective parameters", costs(effective_cell).params}};
  portrait.graph =
      cell_drawing_graph(definition_.edges(genotype), definition_.nodes, definition_.operations);
  return portrait;
}

Costs CellSpace::costs(const Genotype& genotype) const {
  require(genotype);
  return cell_costs(definition_, input_, genotype);
}

NetworkPlan CellSpace::plan(const Genotype& genotype) const {
  require(genotype);
  const std::vector<CellEdge> cell = definition_.edges(genotype);
  CellNetwork network(input_.image, definition_.channels);
  for (int stage = 0; stage < definition_.stages; ++stage) {
    const int channels = definition_.channels << stage;
    if (stage > 0) network.add_reduction(channels);
    for (int k = 0; k < definition_.cells_per_stage; ++k)
      network.add_cell(cell, definition_.nodes, channels);
  }
  return std::move(network).finish(input_.classes);
}

}  // namespace wrcor

#include "nas_bench_101.h"

#include "classes.h"
#include "text.h"
#include "variation.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using nb101::Cell;

std::vector<Decision> make_decisions() {
  std::vector<Decision> decisions;
  for (int source = 0; source < nb101::most_vertices; ++source) {
    for (int target = source + 1; target < nb101::most_vertices; ++target)
      decisions.push_back({"edge " + std::to_string(source) + "->" + std::to_string(target),
                           {"absent", "present"}});
  }
  for (int v = 1; v <= nb101::most_operations; ++v)
    decisions.push_back({"operation " + std::to_string(v),
                         {nb101::operation_names.begin(), nb101::operation_names.end()}});
  return decisions;
}

/// Operations are in the names of the nodes: "2 conv3x3".
CellGraph graph_of(const Cell& cell) {
  CellGraph graph;
  graph.operations = {""};
  graph.places = nb101::edge_places;
  for (int target = 0; target < cell.vertices; ++target) {
    const std::string& name =
        nb101::operation_names[static_cast<std::size_t>(cell.operation(target))];
    graph.nodes.push_back(target == 0 ? "in"
                          : target == cell.output()
                              ? "out"
                              : std::to_string(target) + " " + name.substr(0, name.find('-')));
    for (int source = 0; source < target; ++source) {
      if (cell.has_edge(source, target)) graph.edges.push_back({source, target});
    }
  }
  return graph;
}

/// "64, 64, 128"
std::string channels_text(const Cell& cell, int channels) {
  const auto widths = nb101::vertex_channels(cell, channels);
  std::string text;
  for (int v = 1; v < cell.output(); ++v)
    text += (v == 1 ? "" : ", ") + std::to_string(widths[static_cast<std::size_t>(v)]);
  return text.empty() ? "-" : text;
}

}  // namespace

NasBench101::NasBench101(const Settings& settings) : settings_(settings) {
  nb101::require_sizes(settings.sizes);
}

std::string NasBench101::title() const { return "NAS-Bench-101 (Ying et al., arXiv 1902.09635)"; }

const std::vector<Decision>& NasBench101::decisions() const {
  static const std::vector<Decision> decisions = make_decisions();
  return decisions;
}

std::optional<std::uint64_t> NasBench101::size() const { return nb101::class_count; }

Cell NasBench101::cell(const Genotype& genotype) const {
  require_choices(genotype);
  const std::optional<Cell> cell = nb101::pruned(nb101::frame_of(genotype));
  if (!cell) throw UsageError("not a cell of nb101: no path leads from its input to its output");
  if (cell->edges() > nb101::most_edges)
    throw UsageError(
        "not a cell of nb101: expected at most 9 edges between input and output, got " +
        std::to_string(cell->edges()));
  return *cell;
}

Genotype NasBench101::at(std::uint64_t index) const {
  if (index >= nb101::class_count)
    throw UsageError("nb101: index " + std::to_string(index) + " is outside 0 .. 423623");
  return nb101::genotype_of(nb101::cell_of(nb101::class_at(index)));
}

std::uint64_t NasBench101::index(const Genotype& genotype) const {
  return nb101::index_of(nb101::representative_code(cell(genotype)));
}

bool NasBench101::valid(const Genotype& genotype) const {
  return SearchSpace::valid(genotype) && nb101::is_valid(genotype);
}

Genotype NasBench101::sample(Rng& rng) const {
  return settings_.sampling == Sampling::matrix ? nb101::draw_matrix(rng)
                                                : at(rng.below(nb101::class_count));
}

Genotype NasBench101::mutate(const Genotype& parent, Rng& rng) const {
  require_choices(parent);
  return settings_.mutation == Mutation::published ? nb101::mutate_published(parent, rng)
                                                   : nb101::mutate_frame(parent, rng);
}

std::vector<Genotype> NasBench101::neighbours(const Genotype& genotype) const {
  require_choices(genotype);
  return nb101::neighbours_of(genotype);
}

Genotype NasBench101::parse(std::string_view text) const {
  return nb101::genotype_of(nb101::parse_cell(text));
}

std::string NasBench101::format(const Genotype& genotype) const {
  return nb101::format_cell(cell(genotype));
}

Genotype NasBench101::representative(const Genotype& genotype, Dedupe dedupe) const {
  switch (dedupe) {
    case Dedupe::strict:
      return nb101::genotype_of(nb101::cell_of(nb101::representative_code(cell(genotype))));
    case Dedupe::score:  // the order of the vertices decides which of them gets a spare channel
      return nb101::genotype_of(cell(genotype));
    case Dedupe::exact:
      break;
  }
  return genotype;
}

bool NasBench101::connected(const Genotype& genotype) const {
  require_choices(genotype);
  return nb101::pruned(nb101::frame_of(genotype)).has_value();
}

Portrait NasBench101::portrait(const Genotype& genotype) const {
  const Cell pruned = cell(genotype);
  const Cell first = nb101::cell_of(nb101::representative_code(pruned));
  Portrait portrait;
  portrait.numbers = {{"index", "index", index(genotype), true}};
  portrait.facts = {
      {"hash", "hash", nb101::module_hash(pruned), true},
      {"vertices", "vertices", pruned.vertices},
      {"channels", "channels of the vertices in the first stack",
       channels_text(pruned, settings_.sizes.stem_channels)},
      {"canonical_params", "parameters of the canonical form",
       nb101::network_costs(first, settings_.sizes).params},
  };
  portrait.graph = graph_of(pruned);
  return portrait;
}

Costs NasBench101::costs(const Genotype& genotype) const {
  return nb101::network_costs(cell(genotype), settings_.sizes);
}

NetworkPlan NasBench101::plan(const Genotype& genotype) const {
  return nb101::network_plan(cell(genotype), settings_.sizes);
}

SpaceFamily nb101_family() {
  return {
      .options = {{"stem_channels", "channels of the stem and the first stack", 4, 4096, 128},
                  {"stacks", "stacks of cells, with half the size from one to the next", 1, 8, 3},
                  {"modules", "cells in each stack", 1, 300, 3},
                  {"matrix_sampling", "1: draw random matrices, 0: uniform over the cells", 0, 1,
                   0},
                  {"published_mutation",
                   "1: mutate as the published WRCor, 0: as the benchmark's paper", 0, 1, 0}},
      .make = [](const SpaceOptions& options, const NetworkInput& input) {
        const auto size = [&](const char* name) { return static_cast<int>(options.at(name)); };
        return std::make_unique<NasBench101>(NasBench101::Settings{
            .sizes = {size("stem_channels"), size("stacks"), size("modules"), input},
            .sampling = size("matrix_sampling") != 0 ? NasBench101::Sampling::matrix
                                                     : NasBench101::Sampling::unique,
            .mutation = size("published_mutation") != 0 ? NasBench101::Mutation::published
                                                        : NasBench101::Mutation::frame});
      }};
}

}  // namespace wrcor

#include "wrcor/space/nas_bench_201.h"

#include <algorithm>
#include <string>

#include "cell.h"
#include "family.h"
#include "space/cell/cell_drawing_graph.h"
#include "space/cell/reach.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace nb201 {

bool is_cell(const Genotype& genotype) {
  return genotype.size() == NasBench201::edge_count &&
         std::all_of(genotype.begin(), genotype.end(), [](int operation) {
           return operation >= 0 && operation < NasBench201::operation_count;
         });
}

void require_cell(const Genotype& genotype) {
  if (is_cell(genotype)) return;
  constexpr std::size_t most_shown = 8;
  std::string given;
  for (std::size_t k = 0; k < std::min(genotype.size(), most_shown); ++k) {
    given += (k == 0 ? "" : ", ") + std::to_string(genotype[k]);
  }
  if (genotype.size() > most_shown) given += ", ...";
  throw UsageError("not a genotype of nb201: expected 6 operations, each 0 .. 4, got " +
                   std::to_string(genotype.size()) + ": [" + given + "]");
}

Genotype cell_of(std::uint64_t id) {
  Genotype genotype(NasBench201::edge_count);
  for (int e = NasBench201::edge_count - 1; e >= 0; --e) {
    genotype[e] = static_cast<int>(id % NasBench201::operation_count);
    id /= NasBench201::operation_count;
  }
  return genotype;
}

std::uint64_t id_of(const Genotype& genotype) {
  std::uint64_t id = 0;
  for (int operation : genotype) {
    id = id * NasBench201::operation_count + static_cast<std::uint64_t>(operation);
  }
  return id;
}

}  // namespace nb201

namespace {

using nb201::edges;

/// All six edges with their operations.
std::vector<CellEdge> edges_of(const Genotype& genotype) {
  std::vector<CellEdge> cell;
  for (std::size_t e = 0; e < NasBench201::edge_count; ++e) {
    cell.push_back({edges[e].source, edges[e].target,
                    nas_bench_201_operations()[static_cast<std::size_t>(genotype[e])]});
  }
  return cell;
}

struct ConvolutionCounts {
  std::int64_t kernel_1 = 0;
  std::int64_t kernel_3 = 0;
};

template <typename Number>
struct CostNumbers {
  Number params;
  Number flops;
};

/// The sums over the network in closed form, in the number type that the caller can afford.
template <typename Number>
CostNumbers<Number> closed_form(const MacroSettings& macro, const ConvolutionCounts& convolutions) {
  const auto c = static_cast<Number>(macro.channels);
  const auto n = static_cast<Number>(macro.cells_per_stage);
  const auto k = static_cast<Number>(macro.classes);
  const auto area = static_cast<Number>(macro.height) * static_cast<Number>(macro.width);
  const auto n1 = static_cast<Number>(convolutions.kernel_1);
  const auto n3 = static_cast<Number>(convolutions.kernel_3);
  return {280 * c * c + 61 * c + 4 * c * k + k +
              n * (n1 * (21 * c * c + 14 * c) + n3 * (189 * c * c + 14 * c)),
          area * (27 * c + 28 * c * c + 3 * n * c * c * (n1 + 9 * n3)) + 4 * c * k};
}

void require_macro(const MacroSettings& macro) {
  const auto at_least_one = [](const char* what, int value) {
    if (value < 1) {
      throw UsageError("nb201: " + std::string(what) + ": expected at least 1, got " +
                       std::to_string(value));
    }
  };
  at_least_one("channels", macro.channels);
  at_least_one("cells per stage", macro.cells_per_stage);
  at_least_one("classes", macro.classes);
  const auto multiple_of_four = [](const char* what, int value) {
    if (value < 4 || value % 4 != 0) {
      throw UsageError(
          "nb201: " + std::string(what) +
          " of the images: expected a multiple of 4 (the network halves it twice), got " +
          std::to_string(value));
    }
  };
  multiple_of_four("height", macro.height);
  multiple_of_four("width", macro.width);

  constexpr int most_cells = 10'000;  // far beyond use; keeps layer positions within an int
  const auto largest =
      closed_form<double>(macro, {.kernel_1 = 0, .kernel_3 = NasBench201::edge_count});
  if (macro.cells_per_stage > most_cells || largest.params > 0x1p62 || largest.flops > 0x1p62) {
    throw UsageError("nb201: the network is too large to count its costs in 64 bits: channels " +
                     std::to_string(macro.channels) + ", cells per stage " +
                     std::to_string(macro.cells_per_stage) + ", classes " +
                     std::to_string(macro.classes) + ", images " + std::to_string(macro.height) +
                     " x " + std::to_string(macro.width) + "; choose smaller sizes");
  }
}

std::vector<Decision> make_decisions() {
  std::vector<Decision> decisions;
  for (const nb201::Edge& edge : edges) {
    decisions.push_back({"edge " + std::to_string(edge.source) + "->" + std::to_string(edge.target),
                         {nb201::operation_names.begin(), nb201::operation_names.end()}});
  }
  return decisions;
}

}  // namespace

NasBench201::NasBench201(const MacroSettings& macro) : macro_(macro) { require_macro(macro); }

std::string NasBench201::title() const { return "NAS-Bench-201 (Dong and Yang, arXiv 2001.00326)"; }

const std::vector<Decision>& NasBench201::decisions() const {
  static const std::vector<Decision> decisions = make_decisions();
  return decisions;
}

Genotype NasBench201::at(std::uint64_t index) const {
  if (index >= cell_count) {
    throw UsageError("nb201: index " + std::to_string(index) + " is outside 0 .. 15624");
  }
  return nb201::cell_of(index);
}

std::uint64_t NasBench201::index(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  return nb201::id_of(genotype);
}

std::optional<Genotype> NasBench201::at_official(std::uint64_t official) const {
  return at(lexicographic_id(official));
}

bool NasBench201::connected(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  return Reach(edges_of(genotype), nb201::node_count).connected();
}

Portrait NasBench201::portrait(const Genotype& genotype) const {
  const Genotype effective = effective_cell(genotype);
  const std::uint64_t id = index(genotype);
  Portrait portrait;
  portrait.numbers = {{"id", "id", id, true},
                      {"index", "official index", official_index(id), true}};
  portrait.facts = {
      {"class_size", "cells in its class", strict_class_size(genotype)},
      {"published_class", "published class", published_class(genotype, PublishedClasses::n6466),
       true},
      {"effective", "effective cell", format(effective)},
      {"effective_params", "effective parameters", costs(effective).params},
  };
  portrait.graph =
      cell_drawing_graph(edges_of(genotype), nb201::node_count, nas_bench_201_operations());
  return portrait;
}

Costs NasBench201::costs(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  const auto total = closed_form<std::int64_t>(
      macro_, {.kernel_1 = std::count(genotype.begin(), genotype.end(), int{nor_conv_1x1}),
               .kernel_3 = std::count(genotype.begin(), genotype.end(), int{nor_conv_3x3})});
  return {.params = total.params, .flops = total.flops};
}

Genotype effective_cell(const Genotype& genotype) {
  nb201::require_cell(genotype);
  const std::vector<CellEdge> cell = edges_of(genotype);
  const Reach reach(cell, nb201::node_count);
  Genotype effective = genotype;
  for (std::size_t e = 0; e < cell.size(); ++e) {
    if (!reach.uses(cell[e])) effective[e] = NasBench201::none;
  }
  return effective;
}

SpaceFamily nb201_family() {
  return {.options = {{"channels", "channels of the first stage", 1, 4096, 16},
                      {"cells", "cells in each stage", 1, 300, 5}},
          .make = [](const SpaceOptions& options, const NetworkInput& input) {
            return std::make_unique<NasBench201>(MacroSettings{
                static_cast<int>(options.at("channels")), static_cast<int>(options.at("cells")),
                input.classes, input.image.height, input.image.width});
          }};
}

}  // namespace wrcor

#include "wrcor/space/nas_bench_201.h"

#include <string>

#include "cell.h"
#include "family.h"

namespace wrcor {
namespace {

std::shared_ptr<const CellSpace> make_cells(const MacroSettings& macro) {
  return std::make_shared<const CellSpace>(
      CellDefinition{.name = "nb201",
                     .nodes = nb201::node_count,
                     .operations = nas_bench_201_operations(),
                     .stages = 3,
                     .cells_per_stage = macro.cells_per_stage,
                     .channels = macro.channels},
      NetworkInput{{3, macro.height, macro.width}, macro.classes});
}

}  // namespace

const CellSpace& nb201::cells() {
  static const std::shared_ptr<const CellSpace> cells = make_cells({});
  return *cells;
}

NasBench201::NasBench201(const MacroSettings& macro) : macro_(macro), cells_(make_cells(macro)) {}

std::string NasBench201::title() const { return "NAS-Bench-201 (Dong and Yang, arXiv 2001.00326)"; }

const std::vector<Decision>& NasBench201::decisions() const { return cells_->decisions(); }

Genotype NasBench201::at(std::uint64_t index) const { return cells_->at(index); }

std::uint64_t NasBench201::index(const Genotype& genotype) const { return cells_->index(genotype); }

std::optional<Genotype> NasBench201::at_official(std::uint64_t official) const {
  return at(lexicographic_id(official));
}

std::string NasBench201::format(const Genotype& genotype) const { return cells_->format(genotype); }

bool NasBench201::connected(const Genotype& genotype) const { return cells_->connected(genotype); }

Portrait NasBench201::portrait(const Genotype& genotype) const {
  Portrait portrait = cells_->portrait(genotype);
  portrait.numbers.push_back({"index", "official index", official_index(index(genotype)), true});
  portrait.facts.insert(portrait.facts.begin(),
                        {{"class_size", "cells in its class", strict_class_size(genotype)},
                         {"published_class", "published class",
                          published_class(genotype, PublishedClasses::n6466), true}});
  return portrait;
}

Costs NasBench201::costs(const Genotype& genotype) const { return cells_->costs(genotype); }

NetworkPlan NasBench201::plan(const Genotype& genotype) const { return cells_->plan(genotype); }

Genotype effective_cell(const Genotype& genotype) { return nb201::cells().effective(genotype); }

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

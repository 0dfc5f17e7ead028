// Strict classes as a table of all cells, so that the representative is the cell with the smallest
// lexicographic id.

#include <cstdint>
#include <map>
#include <vector>

#include "cell.h"
#include "space/cell/strict_key.h"

namespace wrcor {
namespace {

StrictKey key_of(const Genotype& effective) {
  return strict_key(AtomGraph::of(nb201::cells().definition(), effective).value());
}

/// Lexicographic id of the representative of each cell, by lexicographic id.
std::vector<std::uint16_t> strict_table() {
  const CellSpace& cells = nb201::cells();
  std::vector<std::uint16_t> table(NasBench201::cell_count);
  std::map<StrictKey, std::uint16_t> smallest_member;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype effective = cells.effective(cells.at(id));
    const std::uint64_t effective_id = cells.index(effective);
    if (effective_id < id) {  // setting edges to none lowers the id, so that cell is done already
      table[id] = table[effective_id];
      continue;
    }
    table[id] = smallest_member.try_emplace(key_of(effective), static_cast<std::uint16_t>(id))
                    .first->second;
  }
  return table;
}

const std::vector<std::uint16_t>& representatives() {
  static const std::vector<std::uint16_t> table = strict_table();
  return table;
}

}  // namespace

int strict_class_size(const Genotype& genotype) {
  nb201::cells().require(genotype);
  static const std::vector<int> sizes = [] {
    std::vector<int> counts(NasBench201::cell_count);
    for (const std::uint16_t representative : representatives()) ++counts[representative];
    return counts;
  }();
  return sizes[representatives()[nb201::cells().index(genotype)]];
}

Genotype NasBench201::representative(const Genotype& genotype, Dedupe dedupe) const {
  nb201::cells().require(genotype);
  if (dedupe == Dedupe::exact) return genotype;
  // Unused edges change a score, so cells with some share it with no other.
  if (dedupe == Dedupe::score && effective_cell(genotype) != genotype) return genotype;
  return nb201::cells().at(representatives()[nb201::cells().index(genotype)]);
}

}  // namespace wrcor

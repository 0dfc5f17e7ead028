// Strict classes: two cells are one iff, after removal of edges that cannot matter and of skips,
// the same random network is left up to the naming of its weights.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "cell.h"

namespace wrcor {
namespace {

constexpr int most_atoms = NasBench201::edge_count;

/// Value of a node as a multiset: how often it contains the cell's input and each atom.
struct Value {
  int input = 0;
  std::array<int, most_atoms> atoms{};

  bool operator==(const Value&) const = default;

  Value& operator+=(const Value& other) {
    input += other.input;
    for (int k = 0; k < most_atoms; ++k) atoms[k] += other.atoms[k];
    return *this;
  }
};

/// An operation applied to a value. Each convolution is a separate atom, because it has its own
/// weights; pooling has none, so two poolings of one value are one atom.
struct Atom {
  int operation = 0;
  Value source;
};

struct AtomGraph {
  std::vector<Atom> atoms;  ///< each reads only atoms before it
  Value output;

  explicit AtomGraph(const Genotype& effective) {
    std::array<Value, nb201::node_count> nodes;
    nodes[0].input = 1;
    for (int e = 0; e < NasBench201::edge_count; ++e) {
      const auto [source, target] = nb201::edges[e];
      if (effective[e] == NasBench201::none) continue;
      if (effective[e] == NasBench201::skip_connect) {
        nodes[target] += nodes[source];
      } else {
        ++nodes[target].atoms[atom(effective[e], nodes[source])];
      }
    }
    output = nodes.back();
  }

 private:
  int atom(int operation, const Value& source) {
    if (!nb201::is_convolution(operation)) {
      const auto same = std::find_if(atoms.begin(), atoms.end(), [&](const Atom& a) {
        return a.operation == operation && a.source == source;
      });
      if (same != atoms.end()) return static_cast<int>(same - atoms.begin());
    }
    atoms.push_back({operation, source});
    return static_cast<int>(atoms.size()) - 1;
  }
};

/// The definitions of the atoms in some order, then the output; equal keys mean equal networks.
using Key = std::array<std::uint32_t, most_atoms + 1>;

/// Finds the smallest key over all orders of the atoms in which each reads only earlier ones.
class SmallestKey {
 public:
  explicit SmallestKey(const AtomGraph& graph) : graph_(graph) {
    position_.fill(unplaced);
    best_.fill(UINT32_MAX);
    place_next(0);
  }
  const Key& key() const { return best_; }

 private:
  static constexpr int unplaced = -1;
  // No multiplicity exceeds 4, the number of paths through a cell.
  static constexpr int multiplicity_bits = 3;

  std::uint32_t encode(int operation, const Value& value) const {
    auto code = static_cast<std::uint32_t>(operation);
    code = code << multiplicity_bits | static_cast<std::uint32_t>(value.input);
    std::array<int, most_atoms> by_position{};
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (value.atoms[k] != 0) by_position[position_[k]] = value.atoms[k];
    }
    for (int multiplicity : by_position) {
      code = code << multiplicity_bits | static_cast<std::uint32_t>(multiplicity);
    }
    return code;
  }

  bool ready(std::size_t atom) const {
    if (position_[atom] != unplaced) return false;
    const Value& source = graph_.atoms[atom].source;
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (source.atoms[k] != 0 && position_[k] == unplaced) return false;
    }
    return true;
  }

  /// Fills key_[place] and what follows; the entries from there on are 0 before and after.
  void place_next(int place) {
    if (place == static_cast<int>(graph_.atoms.size())) {
      // Operation digits are at least 2, so a 0 here cannot be taken for one more atom.
      key_[place] = encode(0, graph_.output);
      best_ = std::min(best_, key_);
      key_[place] = 0;
      return;
    }
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (!ready(k)) continue;
      key_[place] = encode(graph_.atoms[k].operation, graph_.atoms[k].source);
      if (key_ < best_) {  // else no completion can be smaller: the open entries are 0
        position_[k] = place;
        place_next(place + 1);
        position_[k] = unplaced;
      }
      key_[place] = 0;
    }
  }

  const AtomGraph& graph_;
  std::array<int, most_atoms> position_;
  Key key_{};
  Key best_;
};

/// Lexicographic id of the representative of each cell, by lexicographic id.
std::vector<std::uint16_t> strict_table() {
  std::vector<std::uint16_t> table(NasBench201::cell_count);
  std::map<Key, std::uint16_t> smallest_member;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype effective = effective_cell(nb201::cell_of(id));
    const std::uint64_t effective_id = nb201::id_of(effective);
    if (effective_id < id) {  // setting edges to none lowers the id, so that cell is done already
      table[id] = table[effective_id];
      continue;
    }
    const Key key = SmallestKey(AtomGraph(effective)).key();
    table[id] = smallest_member.try_emplace(key, static_cast<std::uint16_t>(id)).first->second;
  }
  return table;
}

const std::vector<std::uint16_t>& representatives() {
  static const std::vector<std::uint16_t> table = strict_table();
  return table;
}

}  // namespace

int strict_class_size(const Genotype& genotype) {
  nb201::require_cell(genotype);
  static const std::vector<int> sizes = [] {
    std::vector<int> counts(NasBench201::cell_count);
    for (const std::uint16_t representative : representatives()) ++counts[representative];
    return counts;
  }();
  return sizes[representatives()[nb201::id_of(genotype)]];
}

Genotype NasBench201::representative(const Genotype& genotype, Dedupe dedupe) const {
  nb201::require_cell(genotype);
  if (dedupe == Dedupe::exact) return genotype;
  // Unused edges change a score, so cells with some share it with no other.
  if (dedupe == Dedupe::score && effective_cell(genotype) != genotype) return genotype;
  return nb201::cell_of(representatives()[nb201::id_of(genotype)]);
}

}  // namespace wrcor

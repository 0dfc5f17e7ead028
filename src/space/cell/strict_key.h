#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "cell_definition.h"

namespace wrcor {

/// A cell without the edges that cannot matter, its skips and the names of its weights. Two cells
/// are in one strict class iff their graphs are equal except for the order of the atoms.
struct AtomGraph {
  static constexpr std::size_t most_atoms = 7;

  /// Value of a node as a multiset: how often it contains the cell's input and each atom. At most
  /// 64 times, the number of paths in a cell.
  struct Value {
    int input = 0;
    std::array<int, most_atoms> atoms{};

    bool operator==(const Value&) const = default;
    Value& operator+=(const Value& other);
    bool empty() const { return *this == Value{}; }
    /// Whether no part occurs more often than in `other`.
    bool within(const Value& other) const;
    /// The value as a number, different for different values.
    std::uint64_t code() const;
  };

  /// An operation applied to a value. Each convolution is a separate atom, because it has its own
  /// weights; pooling has none, so two poolings of one value are one atom.
  struct Atom {
    int operation = 0;  ///< position in CellDefinition::operations
    Value source;
  };

  std::vector<Atom> atoms;  ///< each reads only atoms before it
  Value output;

  /// @param effective  a cell in which a path from the input to the output takes every edge
  /// @return nothing for a cell of more than most_atoms atoms
  static std::optional<AtomGraph> of(const CellDefinition& definition, const Genotype& effective);
};

/// The definitions of the atoms in the order that makes them smallest, then the output: equal keys
/// mean equal networks.
using StrictKey = std::array<std::uint64_t, AtomGraph::most_atoms + 1>;
StrictKey strict_key(const AtomGraph& graph);

/// The graph with its atoms in the order of the key, the same for every graph with this key.
AtomGraph graph_of(const StrictKey& key);

}  // namespace wrcor

#include "strict_key.h"

#include <algorithm>

namespace wrcor {

AtomGraph::Value& AtomGraph::Value::operator+=(const Value& other) {
  input += other.input;
  for (std::size_t k = 0; k < most_atoms; ++k) atoms[k] += other.atoms[k];
  return *this;
}

bool AtomGraph::Value::within(const Value& other) const {
  if (input > other.input) return false;
  for (std::size_t k = 0; k < most_atoms; ++k) {
    if (atoms[k] > other.atoms[k]) return false;
  }
  return true;
}

// A code holds the multiplicities of a value; before it stands the number of an operation, from 1,
// where there is one. With less than 16 operations and multiplicities below 128, 64 bits suffice.
namespace {
constexpr int multiplicity_bits = 7;
constexpr std::uint64_t multiplicity_mask = (1U << multiplicity_bits) - 1;
constexpr int value_bits = multiplicity_bits * static_cast<int>(AtomGraph::most_atoms + 1);
}  // namespace

std::uint64_t AtomGraph::Value::code() const {
  auto code = static_cast<std::uint64_t>(input);
  for (const int multiplicity : atoms)
    code = code << multiplicity_bits | static_cast<std::uint64_t>(multiplicity);
  return code;
}

namespace {

/// Position of the atom, which is added unless it is there.
std::size_t place_of(std::vector<AtomGraph::Atom>& atoms, int operation, bool has_weights,
                     const AtomGraph::Value& source) {
  if (!has_weights) {
    const auto same = std::ranges::find_if(atoms, [&](const AtomGraph::Atom& atom) {
      return atom.operation == operation && atom.source == source;
    });
    if (same != atoms.end()) return static_cast<std::size_t>(same - atoms.begin());
  }
  atoms.push_back({operation, source});
  return atoms.size() - 1;
}

constexpr int no_operation = -1;

AtomGraph::Atom decoded(std::uint64_t code) {
  AtomGraph::Atom atom;
  const auto next = [&] {
    const auto multiplicity = static_cast<int>(code & multiplicity_mask);
    code >>= multiplicity_bits;
    return multiplicity;
  };
  for (std::size_t k = AtomGraph::most_atoms; k-- > 0;) atom.source.atoms[k] = next();
  atom.source.input = next();
  atom.operation = static_cast<int>(code) - 1;
  return atom;
}

/// Finds the smallest key over all orders of the atoms in which each reads only earlier ones.
class SmallestKey {
 public:
  explicit SmallestKey(const AtomGraph& graph) : graph_(graph) {
    position_.fill(unplaced);
    best_.fill(UINT64_MAX);
    place_next(0);
  }
  const StrictKey& key() const { return best_; }

 private:
  static constexpr std::size_t unplaced = AtomGraph::most_atoms;

  std::uint64_t encode(int operation, const AtomGraph::Value& value) const {
    AtomGraph::Value renamed{value.input, {}};
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (value.atoms[k] != 0) renamed.atoms[position_[k]] = value.atoms[k];
    }
    return static_cast<std::uint64_t>(operation + 1) << value_bits | renamed.code();
  }

  bool ready(std::size_t atom) const {
    if (position_[atom] != unplaced) return false;
    const AtomGraph::Value& source = graph_.atoms[atom].source;
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (source.atoms[k] != 0 && position_[k] == unplaced) return false;
    }
    return true;
  }

  /// Fills key_[place] and what follows; the entries from there on are 0 before and after.
  void place_next(std::size_t place) {
    if (place == graph_.atoms.size()) {
      key_[place] = encode(no_operation, graph_.output);
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
  std::array<std::size_t, AtomGraph::most_atoms> position_{};
  StrictKey key_{};
  StrictKey best_{};
};

}  // namespace

std::optional<AtomGraph> AtomGraph::of(const CellDefinition& definition,
                                       const Genotype& effective) {
  AtomGraph graph;
  std::vector<Value> nodes(static_cast<std::size_t>(definition.nodes));
  nodes.front().input = 1;
  std::size_t e = 0;
  for (const CellEdge& edge : definition.edges(effective)) {
    const int digit = effective[e++];
    const Value source = nodes[static_cast<std::size_t>(edge.source)];
    Value& target = nodes[static_cast<std::size_t>(edge.target)];
    if (edge.operation.form == CellOperation::Form::none) continue;
    if (edge.operation.form == CellOperation::Form::identity) {
      target += source;
      continue;
    }
    const std::size_t atom = place_of(graph.atoms, digit, edge.operation.has_weights(), source);
    if (graph.atoms.size() > most_atoms) return std::nullopt;
    ++target.atoms[atom];
  }
  graph.output = nodes.back();
  return graph;
}

StrictKey strict_key(const AtomGraph& graph) { return SmallestKey(graph).key(); }

AtomGraph graph_of(const StrictKey& key) {
  AtomGraph graph;
  for (const std::uint64_t code : key) {
    const AtomGraph::Atom atom = decoded(code);
    if (atom.operation == no_operation) {
      graph.output = atom.source;
      break;
    }
    graph.atoms.push_back(atom);
  }
  return graph;
}

}  // namespace wrcor

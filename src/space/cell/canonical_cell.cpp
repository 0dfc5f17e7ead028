#include "canonical_cell.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "strict_key.h"

namespace wrcor {
namespace {

using Value = AtomGraph::Value;

/// Chooses the operations edge by edge, so that every atom with weights is on one edge, every other
/// atom on one or more, and the last node has the value of the graph's output.
class MemberSearch {
 public:
  /// @param steps_left  the steps that the search takes are subtracted
  MemberSearch(const CellDefinition& definition, const AtomGraph& graph, int& steps_left)
      : definition_(definition),
        graph_(graph),
        steps_left_(steps_left),
        values_(static_cast<std::size_t>(definition.nodes)),
        used_(graph.atoms.size()),
        skip_(position_of(CellOperation::Form::identity)),
        none_(position_of(CellOperation::Form::none)) {
    values_.front().input = 1;
  }

  /// Nothing if the cell has no such member, or the search takes too many steps.
  std::optional<Genotype> find() {
    if (!extend(0, 1)) return std::nullopt;
    return genotype_;
  }

 private:
  std::optional<int> position_of(CellOperation::Form form) const {
    const auto found = std::ranges::find(definition_.operations, form, &CellOperation::form);
    if (found == definition_.operations.end()) return std::nullopt;
    return static_cast<int>(found - definition_.operations.begin());
  }

  int last_node() const { return definition_.nodes - 1; }
  Value& value(int node) { return values_[static_cast<std::size_t>(node)]; }
  const Value& value(int node) const { return values_[static_cast<std::size_t>(node)]; }

  /// Chooses the operation of an edge, and of all after it.
  bool extend(int source, int target) {
    if (source == target) return finish_node(target);
    if (steps_left_-- <= 0) return false;
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (try_atom(k, source, target)) return true;
    }
    if (skip_ && !value(source).empty() && try_edge(*skip_, value(source), source, target))
      return true;
    return none_ && try_edge(*none_, {}, source, target);
  }

  bool try_atom(std::size_t k, int source, int target) {
    const AtomGraph::Atom& atom = graph_.atoms[k];
    if (!is_free(k) || has_free_twin(k) || atom.source != value(source)) return false;
    Value added;
    added.atoms[k] = 1;
    ++used_[k];
    if (try_edge(atom.operation, added, source, target)) return true;
    --used_[k];
    return false;
  }

  /// Whether an edge may have the atom, on another edge or not.
  bool is_free(std::size_t k) const {
    const auto operation = static_cast<std::size_t>(graph_.atoms[k].operation);
    return used_[k] == 0 || !definition_.operations[operation].has_weights();
  }

  /// Whether an earlier atom that is on no edge could be exchanged with this one: both lead to the
  /// same.
  bool has_free_twin(std::size_t k) const {
    for (std::size_t twin = 0; twin < k; ++twin) {
      const bool alike = graph_.atoms[twin].operation == graph_.atoms[k].operation &&
                         graph_.atoms[twin].source == graph_.atoms[k].source &&
                         graph_.output.atoms[twin] == graph_.output.atoms[k] &&
                         std::ranges::all_of(graph_.atoms, [&](const AtomGraph::Atom& reader) {
                           return reader.source.atoms[twin] == reader.source.atoms[k];
                         });
      if (alike && used_[twin] == 0) return true;
    }
    return false;
  }

  bool try_edge(int operation, const Value& added, int source, int target) {
    const Value before = value(target);
    value(target) += added;
    if (may_become_needed(target) && may_suffice(source + 1, target)) {
      genotype_.push_back(operation);
      if (extend(source + 1, target)) return true;
      genotype_.pop_back();
    }
    value(target) = before;
    return false;
  }

  /// Whether the node's value, which only grows, can still become one of the graph's values or a
  /// part of one.
  bool may_become_needed(int node) const {
    if (value(node).within(graph_.output)) return true;
    if (node == last_node()) return false;
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (is_free(k) && value(node).within(graph_.atoms[k].source)) return true;
    }
    return false;
  }

  /// Whether the output can still contain the input, and every atom with weights, which no further
  /// edge has, as often as it must: through skips on all edges to come, from `source` to `target`
  /// and after it.
  bool may_suffice(int source, int target) const {
    Value to_come = value(target), before;
    for (int node = 0; node < target; ++node) {
      before += value(node);
      if (node >= source) to_come += value(node);
    }
    const bool is_last = target == last_node();
    if (!is_last) to_come += before;
    const int factor = is_last ? 1 : 1 << (last_node() - target - 1);
    if (graph_.output.input > factor * to_come.input) return false;
    for (std::size_t k = 0; k < graph_.atoms.size(); ++k) {
      if (!is_free(k) && graph_.output.atoms[k] > factor * to_come.atoms[k]) return false;
    }
    return true;
  }

  bool finish_node(int node) {
    if (node == last_node()) {
      return value(node) == graph_.output &&
             std::ranges::none_of(used_, [](int uses) { return uses == 0; });
    }
    const int nodes_left = last_node() - 1 - node;
    if (missing_sources(node) > nodes_left || !failed_.insert(state(node)).second) return false;
    return extend(0, node + 1);
  }

  /// The state that the rest of the search depends on: the values so far, in any order, and the
  /// atoms in use.
  std::vector<std::uint64_t> state(int node) const {
    std::vector<std::uint64_t> all{static_cast<std::uint64_t>(node)};
    for (std::size_t k = 0; k < used_.size(); ++k) all[0] = all[0] << 1 | (used_[k] > 0 ? 1 : 0);
    for (int k = 1; k <= node; ++k) all.push_back(value(k).code());
    std::sort(all.begin() + 1, all.end());
    return all;
  }

  /// Sources of unused atoms that no node up to this one has: each needs its own node.
  int missing_sources(int node) const {
    std::vector<Value> missing;
    for (std::size_t k = 0; k < used_.size(); ++k) {
      const Value& source = graph_.atoms[k].source;
      const auto first = values_.begin(), end = first + node + 1;
      if (used_[k] == 0 && std::find(first, end, source) == end &&
          std::ranges::find(missing, source) == missing.end())
        missing.push_back(source);
    }
    return static_cast<int>(missing.size());
  }

  const CellDefinition& definition_;
  const AtomGraph& graph_;
  int& steps_left_;
  std::vector<Value> values_;  ///< by node, as far as the edges are chosen
  std::vector<int> used_;      ///< by atom: edges that it is on
  std::optional<int> skip_, none_;
  Genotype genotype_;
  std::set<std::vector<std::uint64_t>> failed_;  ///< states after which nothing was found
};

/// The cell with additional nodes before the last one, which no edge uses.
Genotype with_nodes(const Genotype& cell, int nodes, int wanted, int none) {
  Genotype larger(cell.begin(), cell.end() - (nodes - 1));
  larger.resize(static_cast<std::size_t>((wanted - 1) * (wanted - 2) / 2), none);
  larger.insert(larger.end(), cell.end() - (nodes - 1), cell.end());
  larger.resize(static_cast<std::size_t>(wanted * (wanted - 1) / 2), none);
  return larger;
}

/// Tries cells of few nodes first, to which unused nodes can be added: searching them takes few
/// steps.
std::optional<Genotype> find_member(const CellDefinition& definition, const AtomGraph& graph) {
  // The limit is part of the definition of a representative: changing it needs a new scoring
  // revision.
  int steps_left = 20'000;
  const auto& all = definition.operations;
  const auto none = std::ranges::find(all, CellOperation::Form::none, &CellOperation::form);
  CellDefinition smaller = definition;
  const bool may_leave_out = none != all.end();
  for (smaller.nodes = may_leave_out ? CellDefinition::least_nodes : definition.nodes;
       smaller.nodes <= definition.nodes; ++smaller.nodes) {
    if (const auto found = MemberSearch(smaller, graph, steps_left).find()) {
      return with_nodes(*found, smaller.nodes, definition.nodes,
                        static_cast<int>(none - all.begin()));
    }
  }
  return std::nullopt;
}

}  // namespace

Genotype canonical_cell(const CellDefinition& definition, const Genotype& effective) {
  const auto atoms = AtomGraph::of(definition, effective);
  if (!atoms) return effective;
  const AtomGraph graph = graph_of(strict_key(*atoms));
  // An operation that leads nowhere in the cell found has no atom of the graph, so it can be
  // removed.
  const auto found = find_member(definition, graph);
  return found ? definition.effective(*found) : effective;
}

}  // namespace wrcor

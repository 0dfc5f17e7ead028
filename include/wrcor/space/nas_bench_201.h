#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "wrcor/space/search_space.h"

namespace wrcor {

class CellSpace;

/// Size of the network that a cell is stacked into.
struct MacroSettings {
  int channels = 16;  ///< width of the first stage, doubled at each of the two reductions
  int cells_per_stage = 5;
  int classes = 10;
  int height = 32;  ///< of the input images; a multiple of 4
  int width = 32;   ///< a multiple of 4
};

/// The topology space of NAS-Bench-201 (= NATS-Bench "tss"): 4 nodes, one of 5 operations on each
/// of 6 edges. A genotype holds the operation of each edge in the order 0->1, 0->2, 1->2, 0->3,
/// 1->3, 2->3. The index of a cell is its lexicographic id, edge 0 being the most significant digit
/// to the base 5. Source: Dong and Yang, arXiv 2001.00326.
class NasBench201 final : public SearchSpace {
 public:
  static constexpr int edge_count = 6;
  static constexpr int operation_count = 5;
  static constexpr std::uint64_t cell_count = 15625;

  /// Digits of the genotype.
  enum Operation {
    none = 0,
    skip_connect = 1,
    nor_conv_1x1 = 2,
    nor_conv_3x3 = 3,
    avg_pool_3x3 = 4
  };

  /// @throws UsageError for sizes below 1 and for images whose height or width is no multiple of 4.
  explicit NasBench201(const MacroSettings& macro = {});

  std::string name() const override { return "nb201"; }
  std::string title() const override;
  NetworkInput input() const override { return {{3, macro_.height, macro_.width}, macro_.classes}; }
  const std::vector<Decision>& decisions() const override;
  std::optional<std::uint64_t> size() const override { return cell_count; }
  Genotype at(std::uint64_t index) const override;
  std::uint64_t index(const Genotype& genotype) const override;
  std::optional<Genotype> at_official(std::uint64_t official) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  Genotype representative(const Genotype& genotype, Dedupe dedupe) const override;
  bool connected(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;
  std::optional<std::string> python_source(const Genotype& genotype) const override;

  const MacroSettings& macro() const { return macro_; }

 private:
  MacroSettings macro_;
  std::shared_ptr<const CellSpace> cells_;  ///< what every space of cells has
};

/// Removes (sets to none) every edge that no path from the input to the output uses.
Genotype effective_cell(const Genotype& genotype);

/// Number of cells in the strict class of the cell, see Dedupe.
int strict_class_size(const Genotype& genotype);

/// The benchmark's own numbering of the cells, a fixed shuffle of the lexicographic ids.
/// @param lexicographic_id  0 .. 15624
std::uint64_t official_index(std::uint64_t lexicographic_id);
std::uint64_t lexicographic_id(std::uint64_t official_index);

/// Text keys whose equality defines the classes of the literature.
enum class PublishedClasses {
  n6466,   ///< none and skip_connect resolved: the `isomorph` classes
  n12751,  ///< only skip_connect resolved
};
std::string published_key(const Genotype& genotype, PublishedClasses classes);
/// The smallest official index in the cell's class. These classes merge networks with different
/// weights: they are for reproducing the literature, never a cache key.
std::uint64_t published_class(const Genotype& genotype, PublishedClasses classes);

}  // namespace wrcor

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/core/random.h"
#include "wrcor/space/cell_graph.h"
#include "wrcor/space/genotype.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// One choice that makes up a genotype.
struct Decision {
  std::string name;                 ///< e.g. "edge 0->1"
  std::vector<std::string> values;  ///< label of each value; their number is the cardinality
};

/// Which cells count as one in a ranking and in the cache of evaluations.
///
/// - strict: cells that are the same random network once edges that cannot matter are removed;
///   the class's representative is what is evaluated.
/// - score: the same for cells without such edges, whose scores are equal when their weights are;
///   every other cell stands for itself.
/// - exact: every cell stands for itself.
enum class Dedupe { strict, score, exact };

struct Costs {
  std::int64_t params = 0;  ///< trainable scalars
  std::int64_t flops = 0;  ///< multiply-accumulates of convolution and linear weights for one image
};

/// The input and the number of classes of a space's networks: properties of the data.
struct NetworkInput {
  FeatureShape image;
  int classes = 0;
};

/// A set of architectures. Constant after construction,
/// free of libtorch, safe to use from several threads.
class SearchSpace {
 public:
  virtual ~SearchSpace() = default;

  virtual std::string name() const = 0;
  /// The input that the networks are built for.
  virtual NetworkInput input() const = 0;
  virtual const std::vector<Decision>& decisions() const = 0;

  /// Number of genotypes, or nothing when they cannot be enumerated.
  virtual std::optional<std::uint64_t> size() const = 0;
  /// The genotype with this index, 0 <= index < size(); inverse of index().
  virtual Genotype at(std::uint64_t index) const = 0;
  virtual std::uint64_t index(const Genotype& genotype) const = 0;

  /// The genotype that the space's benchmark publishes under its own number; nothing when it
  /// numbers them as index() does, or not at all. @throws UsageError for a number that it does not
  /// have.
  virtual std::optional<Genotype> at_official(std::uint64_t /*official*/) const {
    return std::nullopt;
  }

  /// Whether a genotype, such as one that at() gives, belongs to the space. What sample(), mutate()
  /// and neighbours() give always does.
  virtual bool valid(const Genotype& genotype) const = 0;

  /// Draws from the space's default distribution with nothing but `rng`.
  virtual Genotype sample(Rng& rng) const = 0;
  /// A valid genotype that differs from `parent`.
  virtual Genotype mutate(const Genotype& parent, Rng& rng) const = 0;
  /// All genotypes at distance one, by decision, then by value.
  virtual std::vector<Genotype> neighbours(const Genotype& genotype) const = 0;

  /// Inverse of format(). @throws UsageError with the
  /// byte offset, what was found and what was expected.
  virtual Genotype parse(std::string_view text) const = 0;
  virtual std::string format(const Genotype& genotype) const = 0;

  /// The member of the genotype's class that stands for all of it; two genotypes are in one class
  /// iff their representatives are equal.
  virtual Genotype representative(const Genotype& genotype, Dedupe dedupe) const = 0;
  /// Whether information flows from the input to the output; without, the output is the same for
  /// all images.
  virtual bool connected(const Genotype& genotype) const = 0;

  /// The cell that the genotype describes, as a human-readable graph.
  virtual CellGraph cell(const Genotype& genotype) const = 0;
  virtual Costs costs(const Genotype& genotype) const = 0;
  virtual NetworkPlan plan(const Genotype& genotype) const = 0;
};

}  // namespace wrcor

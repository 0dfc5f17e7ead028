#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/core/random.h"
#include "wrcor/space/network_plan.h"
#include "wrcor/space/portrait.h"

namespace wrcor {

/// One choice per decision of a search space; the k-th lies in [0, cardinality of decision k).
using Genotype = std::vector<int>;

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

/// A cost that only some spaces have.
struct NamedCost {
  std::string name;  ///< as limits name it
  double value = 0;
};

/// The input and the number of classes of a space's networks: properties of the data.
struct NetworkInput {
  FeatureShape image;
  int classes = 0;
};

/// A set of architectures. Constant after construction, free of libtorch, safe to use from several
/// threads.
class SearchSpace {
 public:
  virtual ~SearchSpace() = default;

  /// As the registry or the user's file names it.
  virtual std::string name() const = 0;
  /// Human-readable: "NAS-Bench-201 (Dong and Yang, arXiv 2001.00326)".
  virtual std::string title() const { return name(); }
  /// The input that the networks are built for.
  virtual NetworkInput input() const = 0;
  virtual const std::vector<Decision>& decisions() const = 0;

  /// Number of architectures that at() lists, or nothing when they have no numbers.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
  /// The genotype with this index, 0 <= index < size(); inverse of index().
  /// @throws UsageError for other numbers, and where architectures have none
  virtual Genotype at(std::uint64_t index) const;
  virtual std::uint64_t index(const Genotype& genotype) const;

  /// The genotype that the space's benchmark publishes under its own number; nothing when it
  /// numbers them as index() does, or not at all. @throws UsageError for a number that it does not
  /// have.
  virtual std::optional<Genotype> at_official(std::uint64_t /*official*/) const {
    return std::nullopt;
  }

  /// The genotype under which the space's benchmark records this one, where isomorphic
  /// architectures have one record; nothing where each has its own.
  virtual std::optional<Genotype> recorded_as(const Genotype& /*genotype*/) const {
    return std::nullopt;
  }

  /// Whether a genotype, such as one that at() gives, belongs to the space. What sample(), mutate()
  /// and neighbours() give always does. By default every genotype with one choice of each decision
  /// does.
  virtual bool valid(const Genotype& genotype) const;

  /// Draws from the space's default distribution with nothing but `rng`. By default every choice is
  /// uniform, and what is not valid() is drawn again.
  virtual Genotype sample(Rng& rng) const;
  /// A valid genotype that differs from `parent`. By default one decision, chosen uniformly, gets
  /// another value, chosen uniformly; what is not valid() is drawn again.
  virtual Genotype mutate(const Genotype& parent, Rng& rng) const;
  /// All valid genotypes at distance one, by decision, then by value. By default those that differ
  /// in one decision.
  virtual std::vector<Genotype> neighbours(const Genotype& genotype) const;

  /// Inverse of format(). @throws UsageError with the byte offset, what was found and what was
  /// expected.
  virtual Genotype parse(std::string_view text) const = 0;
  virtual std::string format(const Genotype& genotype) const = 0;

  /// The member of the genotype's class that stands for all of it; two genotypes are in one class
  /// iff their representatives are equal. By default every genotype stands for itself.
  virtual Genotype representative(const Genotype& genotype, Dedupe /*dedupe*/) const {
    return genotype;
  }
  /// Whether information flows from the input to the output; otherwise the output is the same for
  /// all images.
  virtual bool connected(const Genotype& /*genotype*/) const { return true; }

  virtual Portrait portrait(const Genotype& genotype) const = 0;
  /// In closed form where that is faster than plan().
  virtual Costs costs(const Genotype& genotype) const;
  /// Costs besides those of all spaces; the same names, in the same order, for every genotype.
  virtual std::vector<NamedCost> further_costs(const Genotype& /*genotype*/) const { return {}; }
  virtual NetworkPlan plan(const Genotype& genotype) const = 0;
  /// Source of the network in Python, as one would write it by hand, without a docstring: the
  /// classes of its modules, the last of them `Network`, which takes no arguments. The names in its
  /// state dict are those of the plan. Nothing: the space has no such form.
  virtual std::optional<std::string> python_source(const Genotype& /*genotype*/) const {
    return std::nullopt;
  }

 protected:
  /// @throws UsageError unless the genotype has one choice of each decision
  void require_choices(const Genotype& genotype) const;
};

}  // namespace wrcor

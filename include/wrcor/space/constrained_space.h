#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/space/restricted_space.h"

namespace wrcor {

/// Measured costs of architectures, such as latencies on a device, which no plan can tell.
struct CostTable {
  std::string file;    ///< where it is from, for messages
  std::string sha256;  ///< of that file
  /// Cost by the architecture's text, by name of the cost. Architectures may be missing.
  std::map<std::string, std::map<std::string, double>> columns;

  std::optional<double> cost(const std::string& name, const std::string& arch) const {
    const auto column = columns.find(name);
    if (column == columns.end()) return std::nullopt;
    const auto found = column->second.find(arch);
    return found == column->second.end() ? std::nullopt : std::optional(found->second);
  }
};

/// Limits on the costs of an architecture; both ends are allowed.
struct CostLimits {
  std::optional<std::int64_t> min_params{};
  std::optional<std::int64_t> max_params{};
  std::optional<std::int64_t> max_flops{};
  /// Largest values of costs by name: "params", "flops", those of the space's further_costs(), or
  /// columns of the table.
  std::map<std::string, double> most{};
  std::shared_ptr<const CostTable> table{};
  /// Names of further costs that must be known.
  std::vector<std::string> known{};
};

/// Genotypes that were rejected as infeasible: drawn, mutated, or refused.
struct Rejections {
  std::int64_t all = 0;
  std::int64_t without_cost = 0;  ///< those for which the table lacks a cost that is needed
};

/// A space that draws, mutates and lists only feasible genotypes: those whose class representative,
/// the network that is evaluated, keeps to the limits. Numbering, text, classes, costs and networks
/// are those of the underlying space, infeasible genotypes included.
///
/// Unlike other spaces it counts what it rejects, so sample(), mutate() and valid() are for one
/// thread only.
class ConstrainedSpace final : public RestrictedSpace {
 public:
  /// Successive draws without a feasible genotype after which the limits count as unsatisfiable.
  static constexpr int most_draws = 100'000;
  /// Successive mutations, out of most_draws, after which a parent counts as having no feasible
  /// neighbour.
  static constexpr int most_mutations = 1'000;

  /// @param base    must outlive this object
  /// @param dedupe  which cells count as one, and so whose costs are limited
  /// @throws UsageError for a negative limit and for a minimum above its maximum.
  ConstrainedSpace(const SearchSpace& base, const CostLimits& limits, Dedupe dedupe);

  /// An architecture is also infeasible when a cost that is limited or must be known is unknown.
  bool feasible(const Genotype& genotype) const;
  /// A cost by name of the network that is evaluated for a genotype; nothing if neither the space
  /// nor the table of the limits has it.
  std::optional<double> cost(const std::string& name, const Genotype& genotype) const;
  /// So far. neighbours() does not count.
  const Rejections& rejected() const { return rejected_; }

  /// Whether the genotype is feasible; counts those that are not.
  bool valid(const Genotype& genotype) const override;
  /// The base space's distribution, given that the genotype is feasible.
  /// @throws NoFeasibleError after most_draws draws in vain.
  Genotype sample(Rng& rng) const override;
  /// The base space's mutation, given that the child is feasible. A parent that has no feasible
  /// child (one far outside the limits, or alone within tight ones) gets a feasible random genotype
  /// other than itself instead.
  /// @throws NoFeasibleError after most_draws draws in vain.
  Genotype mutate(const Genotype& parent, Rng& rng) const override;
  /// The feasible ones, in the base space's order; may be empty.
  std::vector<Genotype> neighbours(const Genotype& genotype) const override;

 private:
  /// Redraws from the base space, at most `draws` times, skipping infeasible genotypes and
  /// `excluded`.
  std::optional<Genotype> sample_feasible(Rng& rng, int draws, const Genotype* excluded) const;
  enum class Verdict { feasible, infeasible, without_cost };
  Verdict judge(const Genotype& genotype) const;
  /// Judges the costs that are limited by name or must be known.
  Verdict judge_named(const Genotype& representative, const Costs& costs) const;
  std::optional<double> cost_of_network(const std::string& name, const Genotype& representative,
                                        const Costs& costs) const;
  /// Whether the genotype is feasible; counts those that are not.
  bool accept(const Genotype& genotype) const;
  [[noreturn]] void fail(const std::string& what) const;

  CostLimits limits_;
  Dedupe dedupe_;
  mutable Rejections rejected_;
};

}  // namespace wrcor

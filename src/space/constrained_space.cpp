#include "wrcor/space/constrained_space.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

void require_not_negative(const char* name, const std::optional<std::int64_t>& limit) {
  if (limit && *limit < 0) {
    throw UsageError(std::string(name) + ": expected a limit of at least 0, got " +
                     std::to_string(*limit));
  }
}

bool limits_nothing(const CostLimits& limits) {
  return !limits.min_params && !limits.max_params && !limits.max_flops && limits.most.empty() &&
         limits.known.empty();
}

std::string describe(const CostLimits& limits) {
  std::vector<std::string> parts;
  const auto add = [&](const char* relation, const std::optional<std::int64_t>& limit) {
    if (limit) parts.push_back(relation + std::to_string(*limit));
  };
  add("params >= ", limits.min_params);
  add("params <= ", limits.max_params);
  add("flops <= ", limits.max_flops);
  for (const auto& [name, most] : limits.most)
    parts.push_back(name + " <= " + nlohmann::json(most).dump());
  if (!limits.known.empty()) parts.push_back("known " + join(limits.known));
  return parts.empty() ? "none" : join(parts);
}

}  // namespace

ConstrainedSpace::ConstrainedSpace(const SearchSpace& base, const CostLimits& limits, Dedupe dedupe)
    : RestrictedSpace(base), limits_(limits), dedupe_(dedupe) {
  require_not_negative("min_params", limits.min_params);
  require_not_negative("max_params", limits.max_params);
  require_not_negative("max_flops", limits.max_flops);
  if (limits.min_params && limits.max_params && *limits.min_params > *limits.max_params) {
    throw UsageError("min_params " + std::to_string(*limits.min_params) + " is above max_params " +
                     std::to_string(*limits.max_params) + "; swap them or drop one");
  }
}

ConstrainedSpace::Verdict ConstrainedSpace::judge(const Genotype& genotype) const {
  if (limits_nothing(limits_)) return Verdict::feasible;
  const Genotype representative = base().representative(genotype, dedupe_);
  const Costs costs = base().costs(representative);
  if ((limits_.min_params && costs.params < *limits_.min_params) ||
      (limits_.max_params && costs.params > *limits_.max_params) ||
      (limits_.max_flops && costs.flops > *limits_.max_flops))
    return Verdict::infeasible;
  return judge_named(representative, costs);
}

ConstrainedSpace::Verdict ConstrainedSpace::judge_named(const Genotype& representative,
                                                        const Costs& costs) const {
  for (const auto& [name, most] : limits_.most) {
    const std::optional<double> cost = cost_of_network(name, representative, costs);
    if (!cost) return Verdict::without_cost;
    if (*cost > most) return Verdict::infeasible;
  }
  for (const std::string& name : limits_.known) {
    if (!cost_of_network(name, representative, costs)) return Verdict::without_cost;
  }
  return Verdict::feasible;
}

std::optional<double> ConstrainedSpace::cost_of_network(const std::string& name,
                                                        const Genotype& representative,
                                                        const Costs& costs) const {
  if (name == "params") return static_cast<double>(costs.params);
  if (name == "flops") return static_cast<double>(costs.flops);
  for (const NamedCost& cost : base().further_costs(representative)) {
    if (cost.name == name) return cost.value;
  }
  return limits_.table ? limits_.table->cost(name, base().format(representative)) : std::nullopt;
}

std::optional<double> ConstrainedSpace::cost(const std::string& name,
                                             const Genotype& genotype) const {
  const Genotype representative = base().representative(genotype, dedupe_);
  return cost_of_network(name, representative, base().costs(representative));
}

bool ConstrainedSpace::feasible(const Genotype& genotype) const {
  return judge(genotype) == Verdict::feasible;
}

bool ConstrainedSpace::accept(const Genotype& genotype) const {
  const Verdict verdict = judge(genotype);
  if (verdict == Verdict::feasible) return true;
  ++rejected_.all;
  if (verdict == Verdict::without_cost) ++rejected_.without_cost;
  return false;
}

bool ConstrainedSpace::valid(const Genotype& genotype) const {
  if (base().valid(genotype)) return accept(genotype);
  ++rejected_.all;
  return false;
}

Genotype ConstrainedSpace::sample(Rng& rng) const {
  if (auto drawn = sample_feasible(rng, most_draws, nullptr)) return *std::move(drawn);
  fail("no architecture");
}

Genotype ConstrainedSpace::mutate(const Genotype& parent, Rng& rng) const {
  for (int draw = 0; draw < most_mutations; ++draw) {
    Genotype child = base().mutate(parent, rng);
    if (accept(child)) return child;
  }
  if (auto drawn = sample_feasible(rng, most_draws - most_mutations, &parent)) {
    return *std::move(drawn);
  }
  fail("no architecture other than the mutation's parent");
}

std::vector<Genotype> ConstrainedSpace::neighbours(const Genotype& genotype) const {
  std::vector<Genotype> result = base().neighbours(genotype);
  std::erase_if(result, [this](const Genotype& neighbour) { return !feasible(neighbour); });
  return result;
}

std::optional<Genotype> ConstrainedSpace::sample_feasible(Rng& rng, int draws,
                                                          const Genotype* excluded) const {
  for (int draw = 0; draw < draws; ++draw) {
    Genotype drawn = base().sample(rng);
    if (accept(drawn) && (excluded == nullptr || drawn != *excluded)) return drawn;
  }
  return std::nullopt;
}

void ConstrainedSpace::fail(const std::string& what) const {
  throw NoFeasibleError(what + " of " + base().name() + " within the limits (" + describe(limits_) +
                        ") among " + std::to_string(most_draws) + " draws in a row" +
                        (rejected_.without_cost > 0
                             ? " (of all so far, " + std::to_string(rejected_.without_cost) +
                                   " lack a cost in '" + limits_.table->file + "')"
                             : "") +
                        "; relax the limits or change the size of the network");
}

}  // namespace wrcor

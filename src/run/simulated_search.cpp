#include "wrcor/run/simulated_search.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "search_loop.h"
#include "wrcor/core/error.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

using Row = SearchTable::value_type;

/// The order of a ranking: by fitness, then by architecture string.
bool better(const Row* a, const Row* b) {
  if (a->second.fitness != b->second.fitness) return a->second.fitness > b->second.fitness;
  return a->first < b->first;
}

Spread spread_of(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  Spread spread;
  for (const double value : values) spread.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  if (values.size() > 1) spread.deviation = std::sqrt(squares / (count - 1));
  return spread;
}

bool proposes_a_list(const std::string& strategy, const SearchSpace& space) {
  Config config;
  config.search.strategy = strategy;
  return make_strategy(config, space)->proposals().has_value();
}

}  // namespace

std::vector<std::string> SimulatedSearches::strategies(const SearchSpace& space) {
  std::vector<std::string> names = wrcor::strategies().names();
  std::stable_partition(names.begin(), names.end(),
                        [&](const std::string& name) { return !proposes_a_list(name, space); });
  return names;
}

const std::string& SimulatedSearches::evaluated(const Genotype& genotype) {
  auto known = evaluated_.find(genotype);
  if (known == evaluated_.end()) {
    const Genotype representative = space_.representative(genotype, config_.search.dedupe);
    known = evaluated_.emplace(genotype, space_.format(representative)).first;
  }
  return known->second;
}

SimulatedSearch SimulatedSearches::run(const std::string& strategy, const SearchTable& table,
                                       const std::vector<std::string>& metrics, int runs) {
  const bool list = proposes_a_list(strategy, space_);
  SimulatedSearch result{strategy, list ? 1 : runs, 0, 0, {}};
  std::vector<std::vector<double>> found(metrics.size());
  for (int run = 0; run < result.runs; ++run) {
    Config config = config_;
    config.search.strategy = strategy;
    config.run.seed += static_cast<std::uint64_t>(run);
    if (list) config.search.budget.reset();
    const Search search = search_once(config, table);
    result.proposals = std::max(result.proposals, search.proposals);
    result.evaluations += static_cast<double>(search.evaluations) / result.runs;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      const auto& value = search.best->second.metrics[m];
      if (!value) {
        throw DataError("the benchmark has no " + metrics[m] + " of " + search.best->first +
                        ", which '" + strategy + "' found; give it one, or leave --metric " +
                        metrics[m] + " out");
      }
      found[m].push_back(*value);
    }
  }
  for (const auto& values : found) result.metrics.push_back(spread_of(values));
  return result;
}

/// SearchLoop::run() with a table in place of evaluations.
SimulatedSearches::Search SimulatedSearches::search_once(const Config& config,
                                                         const SearchTable& table) {
  struct Proposal {
    Genotype genotype;
    const Row* row;
  };
  const auto strategy = make_strategy(config, space_);
  const std::int64_t budget = effective_budget(config, strategy->proposals());
  std::deque<Proposal> pending;
  std::set<const Row*> seen;
  Search search;
  for (std::int64_t k = 0; k < budget; ++k) {
    if (k >= config.search.window) {
      strategy->tell({pending.front().genotype, pending.front().row->second.fitness});
      pending.pop_front();
    }
    std::optional<Genotype> genotype = strategy->ask();
    if (!genotype) break;
    const std::string& arch = evaluated(*genotype);
    const auto row = table.find(arch);
    if (row == table.end()) {
      throw DataError("no score, or no row of the benchmark, for " + arch + ", which '" +
                      config.search.strategy +
                      "' proposes; a simulated search needs the whole space: 'wrcor score " +
                      (config.search.dedupe == Dedupe::strict ? "--unique" : "--all") +
                      " --out FILE'");
    }
    ++search.proposals;
    seen.insert(&*row);
    if (search.best == nullptr || better(&*row, search.best)) search.best = &*row;
    pending.push_back({std::move(*genotype), &*row});
  }
  if (search.best == nullptr) throw NoFeasibleError("the strategy proposes nothing");
  search.evaluations = seen.size();
  return search;
}

}  // namespace wrcor

#include "search/simulated_search.h"

#include <algorithm>
#include <deque>

#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

bool proposes_a_list(const std::string& strategy, const SearchSpace& space) {
  return SearchSpec{.strategy = strategy}.make_strategy(space)->proposals().has_value();
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
    const Genotype representative = space_.representative(genotype, spec_.options.dedupe);
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
    SearchSpec spec = spec_;
    spec.strategy = strategy;
    spec.seed = seeds_of(seed_ + static_cast<std::uint64_t>(run)).search;
    if (list) spec.budget.reset();
    const Search search = search_once(spec, table);
    result.proposals = std::max(result.proposals, search.proposals);
    result.evaluations += static_cast<double>(search.evaluations) / result.runs;
    if (search.best.empty()) continue;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      double sum = 0;
      for (const Row* row : search.best) {
        const auto& value = row->second.metrics[m];
        if (!value) {
          throw DataError("the benchmark has no " + metrics[m] + " of " + row->first + ", which '" +
                          strategy + "' found; give it one, or leave --metric " + metrics[m] +
                          " out");
        }
        sum += *value;
      }
      found[m].push_back(sum / static_cast<double>(search.best.size()));
    }
  }
  for (const auto& values : found)
    result.metrics.push_back(values.empty() ? std::nullopt : std::optional(spread_of(values)));
  return result;
}

/// SearchLoop::run() with a table in place of evaluations.
SimulatedSearches::Search SimulatedSearches::search_once(const SearchSpec& spec,
                                                         const SearchTable& table) {
  struct Proposal {
    Genotype genotype;
    const Row* row;
  };
  Standings standings(table.rule);
  std::map<const Row*, std::size_t> numbers;  // of those told to the strategy
  std::vector<const Row*> met;                // the same by number
  std::deque<Proposal> pending;
  const auto strategy =
      spec.make_strategy(space_, [&standings](const Outcome& a, const Outcome& b) {
        return standings.prefers(a.number, b.number);
      });
  const auto tell_oldest = [&] {
    const Proposal& oldest = pending.front();
    const auto [entry, is_new] = numbers.emplace(oldest.row, standings.size());
    if (is_new) {
      standings.add(oldest.row->second.scores);
      met.push_back(oldest.row);
    }
    strategy->tell({oldest.genotype, standings.value(entry->second), entry->second});
    pending.pop_front();
  };

  const std::int64_t budget = spec.most_proposals(strategy->proposals());
  Search search;
  for (std::int64_t k = 0; k < budget; ++k) {
    if (k >= spec.window) tell_oldest();
    std::optional<Genotype> genotype = strategy->ask();
    if (!genotype) break;
    const std::string& arch = evaluated(*genotype);
    const auto row = table.rows.find(arch);
    if (row == table.rows.end()) {
      throw DataError(
          "no score, or no row of the benchmark, for " + arch + ", which '" + spec.strategy +
          "' proposes; a simulated search needs the whole space: 'wrcor score " +
          (spec.options.dedupe == Dedupe::strict ? "--unique" : "--all") + " --out FILE'");
    }
    ++search.proposals;
    pending.push_back({std::move(*genotype), &*row});
  }
  while (!pending.empty()) tell_oldest();
  if (numbers.empty()) throw NoFeasibleError("the strategy proposes nothing");
  search.evaluations = numbers.size();
  search.best = best_of(standings, met);
  return search;
}

/// Those with the highest value.
std::vector<const SimulatedSearches::Row*> SimulatedSearches::best_of(
    const Standings& standings, const std::vector<const Row*>& met) {
  std::vector<const Row*> best;
  std::optional<double> highest;
  for (std::size_t number = 0; number < met.size(); ++number) {
    const std::optional<double> value = standings.value(number);
    if (!value || value < highest) continue;
    if (value > highest) best.clear();
    highest = value;
    best.push_back(met[number]);
  }
  return best;
}

}  // namespace wrcor

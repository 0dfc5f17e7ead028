#include "search/simulated_search.h"

#include <algorithm>

#include "search/search_course.h"
#include "search/table_front.h"
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

SimulatedSearch SimulatedSearches::run(const std::string& strategy, const SearchTable& table,
                                       const std::vector<std::string>& metrics, int runs) const {
  const bool list = proposes_a_list(strategy, space_);
  SimulatedSearch result{strategy, list ? 1 : runs, 0, 0, {}};
  std::vector<std::vector<double>> found(metrics.size());
  const std::optional<TableFront> front = front_of(table);
  std::vector<double> shares;
  for (int run = 0; run < result.runs; ++run) {
    SearchSpec spec = spec_;
    spec.strategy = strategy;
    spec.seed = seeds_of(seed_ + static_cast<std::uint64_t>(run)).search;
    if (list) spec.budget.reset();
    const Search search = search_once(spec, table);
    result.proposals = std::max(result.proposals, search.proposals);
    result.evaluations += static_cast<double>(search.met.size()) / result.runs;
    if (const auto share = front ? front->share(search.met) : std::nullopt)
      shares.push_back(*share);
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
  if (!shares.empty()) result.front_share = spread_of(shares);
  return result;
}

/// Nothing if no costs are minimised.
std::optional<TableFront> SimulatedSearches::front_of(const SearchTable& table) const {
  if (spec_.minimize.empty()) return std::nullopt;
  return TableFront(ConstrainedSpace(space_, spec_.limits, spec_.options.dedupe), spec_.minimize,
                    table);
}

/// A course whose evaluations are rows of a table.
SimulatedSearches::Search SimulatedSearches::search_once(const SearchSpec& spec,
                                                         const SearchTable& table) const {
  SearchCourse course(spec, space_, table.rule);
  Search search;
  std::vector<const Row*>& rows = search.met;  // by number of the class
  for (CourseStep step = course.step(); step != CourseStep::ended; step = course.step()) {
    if (step != CourseStep::met) continue;
    const ProposedClass& met = course.newest();
    rows.push_back(&row_of(met.arch, spec, table));
    course.settle(met, rows.back()->second.scores);
  }
  if (rows.empty()) throw NoFeasibleError("the strategy proposes nothing");
  search.proposals = course.counts().asked;
  for (const ProposedClass* best : course.best()) search.best.push_back(rows[best->number]);
  return search;
}

/// @throws DataError
const SimulatedSearches::Row& SimulatedSearches::row_of(const std::string& arch,
                                                        const SearchSpec& spec,
                                                        const SearchTable& table) const {
  const auto row = table.rows.find(arch);
  if (row != table.rows.end()) return *row;
  throw DataError("no score, or no row of the benchmark, for " + arch + ", which '" +
                  spec.strategy +
                  "' proposes; a simulated search needs the whole space: 'wrcor score " +
                  (spec.options.dedupe == Dedupe::strict ? "--unique" : "--all") + " --out FILE'");
}

}  // namespace wrcor

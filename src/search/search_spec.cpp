#include "wrcor/search/search_spec.h"

#include <algorithm>
#include <charconv>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

Shard Shard::parse(const std::string& text) {
  Shard shard;
  if (text.empty()) return shard;
  const char* end = text.data() + text.size();
  const auto [slash, first_error] = std::from_chars(text.data(), end, shard.number);
  if (first_error == std::errc() && slash != end && *slash == '/') {
    const auto [stop, second_error] = std::from_chars(slash + 1, end, shard.count);
    if (second_error == std::errc() && stop == end && shard.number >= 1 &&
        shard.number <= shard.count)
      return shard;
  }
  throw UsageError("expected I/N with 1 <= I <= N, such as 2/8, got " + in_quotes(text));
}

std::unique_ptr<SearchStrategy> SearchSpec::make_strategy(const SearchSpace& space,
                                                          const Preference& prefers,
                                                          const CurrentFitness& fitness) const {
  StrategyOptions its_options = options;
  its_options.prefers = prefers;
  its_options.fitness = fitness;
  return strategies().find(strategy).value.make(space, its_options, Rng(seed));
}

std::int64_t SearchSpec::most_proposals(const std::optional<std::uint64_t>& all) const {
  constexpr std::int64_t default_budget = 1000;
  if (!all) return budget.value_or(default_budget);
  const auto most = static_cast<std::int64_t>(*all);
  return std::min(budget.value_or(most), most);
}

}  // namespace wrcor

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"
#include "wrcor/search/strategy.h"

namespace wrcor {

using OptionValue = std::variant<bool, std::int64_t, double>;

/// An option of a strategy. Its setting, and so the flag, the key in files, the schema, the help
/// and the manual are made from this. Strategies that share an option declare it equally.
struct StrategyOption {
  std::string name;           ///< "population"
  std::string flag;           ///< "--population"
  std::string negative_flag;  ///< of a bool: "--no-replacement"
  OptionValue fallback;       ///< of the option's type
  std::string summary;        ///< one line
  double least = 0;           ///< of a whole number
  double most = 0;            ///< of a number
  bool may_be_zero = false;   ///< of a number that is not whole; otherwise it is above 0
};

struct StrategyOptions {
  std::map<std::string, OptionValue> values = {};  ///< by name; the others have their fallback
  Dedupe dedupe = Dedupe::strict;  ///< which cells count as one, so that one proposal is enough
  Preference prefers = fitter;     ///< between two known outcomes
  CurrentFitness fitness = told_fitness;

  bool flag(const StrategyOption& option) const { return std::get<bool>(value(option)); }
  std::int64_t whole(const StrategyOption& option) const {
    return std::get<std::int64_t>(value(option));
  }
  double real(const StrategyOption& option) const { return std::get<double>(value(option)); }

 private:
  OptionValue value(const StrategyOption& option) const {
    const auto given = values.find(option.name);
    return given == values.end() ? option.fallback : given->second;
  }
};

struct StrategyKind {
  std::vector<StrategyOption> options;
  std::function<std::unique_ptr<SearchStrategy>(const SearchSpace&, const StrategyOptions&, Rng)>
      make;
};

/// The names of the strategies that declare an option.
std::vector<std::string> strategies_with(const std::string& option);

/// All search strategies by name. The space outlives the strategy.
const Registry<StrategyKind>& strategies();

}  // namespace wrcor

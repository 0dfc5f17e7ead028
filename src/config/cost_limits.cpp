#include "config/cost_limits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/csv.h"
#include "core/hash.h"
#include "core/text_file.h"
#include "score/benchmark_table.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::uint64_t largest_table = 256 << 20;

std::pair<std::string, double> parse_limit(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string name(text.substr(0, equals));
  double value = 0;
  if (equals < text.size() && !name.empty()) {
    const std::string_view number = text.substr(equals + 1);
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value);
    if (error == std::errc() && stop == end && std::isfinite(value)) return {name, value};
  }
  throw UsageError("expected NAME=VALUE with a number, got " + in_quotes(text));
}

/// Names of the costs that the space itself knows.
std::set<std::string> own_costs(const SearchSpace& space) {
  std::set<std::string> names{"params", "flops"};
  Rng rng(0);
  for (const NamedCost& cost : space.further_costs(space.sample(rng))) names.insert(cost.name);
  return names;
}

/// "arch" or "index", whichever column the table has.
BenchmarkKey key_of(const std::string& text, const std::string& file) {
  const CsvReader csv(text, file);
  for (const char* key : {"arch", "index"}) {
    if (std::ranges::find(csv.header(), key) != csv.header().end()) return BenchmarkKey::parse(key);
  }
  throw UsageError(file + ": found no column 'arch' or 'index', which name the architectures");
}

std::shared_ptr<const CostTable> read_table(const std::string& file, const SearchSpace& space,
                                            const std::set<std::string>& names) {
  std::string text = read_text_file(file, largest_table);
  const BenchmarkKey key = key_of(text, file);
  auto table = std::make_shared<CostTable>();
  table->file = file;
  table->sha256 = sha256_hex(text);
  const BenchmarkTable rows = BenchmarkTable::parse(std::move(text), file, space, key, names);
  for (const std::string& name : names) {
    auto& column = table->columns[name];
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (const auto& cost = rows.value(row, name)) column.emplace(rows.arch(row), *cost);
    }
  }
  return table;
}

}  // namespace

std::map<std::string, double> parse_cost_limits(const std::string& text) {
  std::map<std::string, double> limits;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const auto [name, value] = parse_limit(std::string_view(text).substr(start, end - start));
    if (!limits.emplace(name, value).second)
      throw UsageError("the cost " + in_quotes(name) + " is limited twice");
    start = end + 1;
  }
  return limits;
}

std::vector<std::string> parse_cost_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t start = 0; start < text.size() + 1 && !text.empty();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string name = text.substr(start, end - start);
    if (name.empty())
      throw UsageError("expected names of costs, separated by commas, got " + in_quotes(text));
    if (std::ranges::find(names, name) != names.end())
      throw UsageError("the cost " + in_quotes(name) + " is named twice");
    names.push_back(name);
    start = end + 1;
  }
  return names;
}

CostLimits cost_limits(const Config& config, const SearchSpace& space) {
  const Config::Constraints& given = config.constraints;
  CostLimits limits{.min_params = given.min_params,
                    .max_params = given.max_params,
                    .max_flops = given.max_flops,
                    .most = parse_cost_limits(given.max_cost),
                    .known = parse_cost_names(config.search.minimize)};
  if (limits.most.empty() && limits.known.empty())
    return limits;  // own_costs() takes an architecture, which may be slow
  const std::set<std::string> own = own_costs(space);
  std::set<std::string> measured;
  const auto look_up = [&](const std::string& flag, const std::string& name) {
    if (own.contains(name)) return;
    measured.insert(name);
    if (!given.cost_table.empty()) return;
    throw UsageError(flag + ": the space " + in_quotes(space.name()) + " has no cost " +
                     in_quotes(name) + "; it has " + join({own.begin(), own.end()}) +
                     ", and --cost-table names a file with others");
  };
  for (const auto& [name, most] : limits.most) look_up("--max-cost", name);
  for (const std::string& name : limits.known) look_up("--minimize", name);
  if (measured.empty()) return limits;
  limits.table = read_table(given.cost_table, space, measured);
  return limits;
}

}  // namespace wrcor

#include <algorithm>

#include "config/cost_limits.h"
#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "queue/queue_address.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/search/builtin.h"
#include "wrcor/search/search_spec.h"

namespace wrcor {

using namespace setting_makers;

namespace {

Setting strategy_setting(const StrategyOption& option) {
  Setting setting;
  setting.key = "search." + option.name;
  setting.flag = option.flag;
  setting.negative_flag = option.negative_flag;
  setting.scope = usual_scope(setting.section());
  const std::string name = option.name;
  setting.get = [name, fallback = option.fallback](const Config& config) {
    const auto given = config.search.options.find(name);
    const OptionValue& value = given == config.search.options.end() ? fallback : given->second;
    return std::visit([](auto held) { return json(held); }, value);
  };
  const auto of_type = [&](SettingType type, auto example) {
    setting.type = type;
    setting.set = [name](Config& config, const json& value) {
      config.search.options[name] = value.get<decltype(example)>();
    };
  };
  if (std::holds_alternative<bool>(option.fallback)) {
    of_type(SettingType::boolean, bool{});
  } else if (std::holds_alternative<std::int64_t>(option.fallback)) {
    of_type(SettingType::integer, std::int64_t{});
    setting.minimum = static_cast<std::uint64_t>(option.least);
    setting.maximum = static_cast<std::uint64_t>(option.most);
  } else {
    of_type(SettingType::number, double{});
    setting.largest = option.most;
    setting.may_be_zero = option.may_be_zero;
  }
  return setting;
}

/// The options of all strategies, each once.
std::vector<Setting> strategy_settings() {
  std::vector<Setting> all;
  for (const auto& strategy : strategies().entries()) {
    for (const StrategyOption& option : strategy.value.options) {
      const std::string key = "search." + option.name;
      if (std::ranges::find(all, key, &Setting::key) != all.end()) continue;
      Setting setting = strategy_setting(option);
      setting.description = join(strategies_with(option.name)) + ": " + option.summary;
      all.push_back(std::move(setting));
    }
  }
  return all;
}

/// The error in the text of names of costs, or nothing.
std::string cost_names_problem(const std::string& names) {
  try {
    (void)parse_cost_names(names);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

Setting minimize_setting() {
  Setting setting =
      text(MEMBER(search.minimize), "--minimize", "NAME,NAME",
           "costs to be small while the ranking is high: those of the space, such as "
           "params, and columns of --cost-table; by nsga2 unless --strategy is given");
  setting.repeatable = true;
  setting.check = cost_names_problem;
  return setting;
}

/// The error in the text of a shard, or nothing.
std::string shard_problem(const std::string& shard) {
  try {
    (void)Shard::parse(shard);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

Setting shard_setting() {
  Setting setting = text(MEMBER(search.shard), "--shard", "I/N",
                         "evaluates the I-th of N equal parts, for strategies that do not learn; "
                         "wrcor merge joins the parts");
  setting.check = shard_problem;
  return setting;
}

/// The error in the address of a queue, or nothing.
std::string queue_problem(const std::string& address) {
  try {
    if (!address.empty()) (void)QueueAddress::parse_named(address);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

/// Settings of how the work is done: they never change a result.
std::vector<Setting> queue_settings() {
  Setting queue =
      text(MEMBER(search.queue), "--queue", "URL",
           "leaves the evaluations to workers, see wrcor worker: redis://HOST:PORT/NAME, "
           "rediss:// with TLS, or unix:///PATH?name=NAME");
  queue.check = queue_problem;
  std::vector<Setting> all{
      queue,
      path(MEMBER(search.queue_password_file), "--queue-password-file", "FILE",
           "file whose first line is the password of the queue; without it, WRCOR_QUEUE_PASSWORD"),
      integer(MEMBER(search.queue_lease), "--queue-lease", 1, 86'400,
              "seconds without a sign of a worker after which another one gets its work"),
      boolean(MEMBER(search.mixed), "--mixed", "--no-mixed",
              "admit workers whose scores differ in their last digits (libtorch, vector code)")};
  for (Setting& setting : all) setting.scope = Scope::nothing;
  return all;
}

}  // namespace

std::vector<Setting> search_settings() {
  std::vector<Setting> all{
      name(MEMBER(search.strategy), "--strategy",
           {"strategy", "strategies", [] { return strategies().names(); }}, "search strategy"),
      with_scope(Scope::length,
                 integer(MEMBER(search.budget), "--budget", 1, 1'000'000'000,
                         "maximum number of proposals, duplicates included; none: 1000, or all for "
                         "exhaustive")),
      with_scope(Scope::length, number_above_0(MEMBER(search.max_seconds), "--max-seconds", 1e9,
                                               "time limit of the search in seconds")),
      integer(MEMBER(search.window), "--window", 1, 1'000'000,
              "proposals in flight; 1 is the sequential algorithm"),
      named_value(
          MEMBER(search.dedupe), "--dedupe", "kind of class", "kinds of class",
          NamedValues<Dedupe>{
              {"strict", Dedupe::strict}, {"score", Dedupe::score}, {"exact", Dedupe::exact}},
          "which cells count as one: equal networks, equal scores, or none"),
      minimize_setting(),
  };
  for (Setting& setting : strategy_settings()) all.push_back(std::move(setting));
  // With this setting, most scores are from one draw, whatever score.repeats.
  all.push_back(with_scope(
      Scope::weights, integer(MEMBER(search.refine), "--refine", 1, 1'000'000,
                              "best architectures that are scored with all --repeats at the end, "
                              "the others with one; none: all are")));
  all.push_back(shard_setting());
  for (Setting& setting : queue_settings()) all.push_back(std::move(setting));
  return all;
}

}  // namespace wrcor

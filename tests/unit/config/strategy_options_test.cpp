#include <algorithm>

#include "config/config_documents.h"
#include "config_support.h"
#include "support/catch.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/search/builtin.h"

using namespace wrcor;
using namespace wrcor::test;

TEST_CASE("every option of a strategy has a setting that is made from its declaration",
          "[config][strategies]") {
  for (const auto& strategy : strategies().entries()) {
    for (const StrategyOption& option : strategy.value.options) {
      INFO(strategy.name << " " << option.name);
      const Setting* setting = find_setting("search." + option.name);
      REQUIRE(setting != nullptr);
      CHECK(setting->flag == option.flag);
      CHECK(contains(setting->description, strategy.name));
      CHECK(contains(setting->description, option.summary));
      const auto fallback = setting->default_value();
      CHECK(std::visit([](auto value) { return nlohmann::json(value); }, option.fallback) ==
            fallback);
      CHECK(read_value(*setting, fallback).problem.empty());
      Config config;
      setting->set(config, fallback);
      CHECK(config.search.options.at(option.name) == option.fallback);
    }
  }
}

TEST_CASE("options of strategies reach the search, each of its own type", "[config][strategies]") {
  const Config config = load_config(sources({{"search.strategy", "reinforce"},
                                             {"search.warm_up", "20"},
                                             {"search.learning_rate", "0.5"}}));
  const SearchSpec spec = resolve(config).search;
  CHECK(spec.options.values.at("warm_up") == OptionValue(std::int64_t{20}));
  CHECK(spec.options.values.at("learning_rate") == OptionValue(0.5));
  CHECK(flag_error("search.baseline_decay", "1.5") != "no error");
  CHECK(flag_error("search.warm_up", "1") != "no error");
  // An option that two strategies read.
  CHECK(contains(error_of([] {
                   load_config(sources({{"search.strategy", "local"}, {"search.population", "9"}}));
                 }),
                 "it is for the strategies 'evolution', 'nsga2', and search.strategy is 'local'"));
}

TEST_CASE("several objectives have a strategy of their own unless one is named",
          "[config][strategies]") {
  const auto strategy = [](const Texts& flags) {
    return load_config(sources(flags)).search.strategy;
  };
  CHECK(strategy({}) == "evolution");
  CHECK(strategy({{"search.minimize", "params"}}) == "nsga2");
  CHECK(strategy({{"search.minimize", "params"}, {"search.strategy", "evolution"}}) == "evolution");
  CHECK(load_text("search: {minimize: params, strategy: random}").search.strategy == "random");
  // A small population alone is no mistake where there is no tournament.
  CHECK(strategy({{"search.minimize", "params"}, {"search.population", "5"}}) == "nsga2");
}

TEST_CASE("costs to minimise are named once, and are known", "[config][strategies]") {
  const auto spec = [](const std::string& names) {
    return resolve(load_config(sources({{"search.minimize", names}}))).search;
  };
  CHECK(spec("params,flops").minimize == std::vector<std::string>{"params", "flops"});
  CHECK(spec("params").limits.known == std::vector<std::string>{"params"});
  CHECK(flag_error("search.minimize", "params,params") ==
        "--minimize: the cost 'params' is named twice");
  CHECK(contains(flag_error("search.minimize", "params,"), "expected names of costs"));
  CHECK(contains(error_of([&] { spec("latency"); }),
                 "--minimize: the space 'nb201' has no cost 'latency'; it has flops, params"));
}

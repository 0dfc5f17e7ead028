#include "config_support.h"
#include "support/catch.h"

using namespace wrcor;
using namespace wrcor::test;

namespace {

/// The error in flags; "" if they have none.
std::string problem(const Texts& flags, const Purpose purpose = Purpose::search) {
  ConfigSources source = sources(flags);
  source.purpose = purpose;
  const std::string text = error_of([&] { load_config(source); });
  return text == "no error" ? "" : text;
}

}  // namespace

TEST_CASE("a setting without effect is refused, whoever gives it", "[config]") {
  const std::string reason =
      ": has no effect, because the data set 'synthetic' has no files; leave it out";
  CHECK(problem({{"data.root", "photos"}}) == "--data-root" + reason);
  CHECK(error_of([] {
          load_config(sources({}, {{"WRCOR_DATA_ROOT", "photos"}}));
        }) == "WRCOR_DATA_ROOT" + reason);
  CHECK(file_error("data:\n  root: photos\n") == "my.yaml:2: data.root" + reason);
  CHECK(problem({{"data.root", "photos"}, {"data.name", "cifar10"}}).empty());
}

TEST_CASE("a default in a file, and the record of a run, leave settings as they are", "[config]") {
  CHECK(file_error("search: {strategy: random, population: 64, replacement: false}") == "no error");
  CHECK(contains(file_error("search: {strategy: random, population: 65}"), "has no effect"));
  Config config;
  config.search.strategy = "random";
  config.search.options["population"] = 65;
  config.run.device = "cpu";
  config.run.tf32 = true;
  CHECK(values(load_text(config_document(config))) == values(config));
  ConfigSources record = sources({});
  record.recorded = true;
  CHECK(load_text(to_json(config).dump(), record).search.options.at("population") ==
        OptionValue(std::int64_t{65}));
  // Unset is equivalent to not given.
  CHECK(problem({{"data.root", ""}}).empty());
}

TEST_CASE("what leaves a setting without effect", "[config]") {
  const auto idle = [](const Texts& flags, const std::string& flag,
                       Purpose purpose = Purpose::search) {
    return contains(problem(flags, purpose), flag + ": has no effect, because ");
  };
  const std::pair<std::string, std::string> batch{"data.batch_file", "b.pt"};
  CHECK(idle({batch, {"data.augment", "true"}}, "--augment"));
  CHECK(idle({batch, {"data.augment", "false"}}, "--no-augment"));
  CHECK(idle({batch, {"data.name", "cifar10"}, {"data.root", "x"}}, "--data-root"));
  CHECK(problem({batch, {"data.name", "folder"}, {"data.root", "x"}}).empty());  // its classes
  CHECK(idle({{"data.mirror", "file:///m"}}, "--mirror"));
  CHECK(idle({{"data.mirror", "file:///m"}, {"data.name", "cifar10"}, {"data.root", "x"}},
             "--mirror"));
  CHECK(idle({{"data.mirror", "file:///m"}, {"data.name", "cifar10"}, {"data.download", "false"}},
             "--mirror"));
  CHECK(problem({{"data.mirror", "file:///m"}, {"data.name", "cifar10"}}).empty());

  CHECK(idle({{"data.download", "false"}}, "--no-download"));
  CHECK(idle({{"data.download", "true"}, {"data.name", "cifar10"}, {"data.root", "x"}},
             "--download"));
  CHECK(problem({{"data.download", "false"}, {"data.name", "cifar10"}}).empty());

  CHECK(idle({{"data.image_size", "32"}}, "--image-size"));
  CHECK(problem({{"data.image_size", "32"}, {"data.name", "folder"}, {"data.root", "x"}}).empty());

  CHECK(idle({{"score.counting", "paper"}, {"score.proxies", "params,snip"}}, "--counting"));
  CHECK_FALSE(idle({{"score.counting", "paper"}, {"score.proxies", "params,gcor"}}, "--counting"));
  CHECK_FALSE(idle({{"score.counting", "paper"}}, "--counting"));
  CHECK(idle({{"score.proxy_input", "images"}, {"score.proxies", "wrcor"}}, "--proxy-input"));
  CHECK_FALSE(idle({{"score.proxy_input", "images"},
                    {"score.proxies", "wrcor"},
                    {"score.rank_by", "az_trainability"}},
                   "--proxy-input"));
  for (const char* weights : {"score.init", "score.weights_mode"}) {
    const std::string value = weights == std::string("score.init") ? "xavier" : "independent";
    CHECK(contains(problem({{weights, value}, {"score.proxies", "params,flops"}}),
                   "none of the proxies reads weights"));
    CHECK(problem({{weights, value}, {"score.proxies", "params,l2_norm"}}).empty());
    CHECK(problem({{weights, value}}).empty());
  }
  CHECK(idle({{"search.replacement", "true"}}, "--replacement"));
  CHECK(problem({{"search.replacement", "true"}, {"search.strategy", "random"}}).empty());
  for (const char* strategy : {"random", "exhaustive"}) {
    CHECK(idle({{"search.strategy", strategy}, {"search.population", "9"}}, "--population"));
    CHECK(idle({{"search.strategy", strategy}, {"search.tournament", "9"}}, "--tournament"));
  }
  CHECK(problem({{"search.population", "9"}, {"search.tournament", "9"}}).empty());

  const std::pair<std::string, std::string> cpu{"run.device", "cpu"}, cuda{"run.device", "cuda:0"};
  CHECK(idle({cpu, {"run.tf32", "true"}}, "--tf32"));
  CHECK(idle({cpu, {"run.tf32", "true"}}, "--tf32", Purpose::training));
  CHECK(problem({cuda, {"run.tf32", "true"}}).empty());
  CHECK(idle({cpu, {"run.channels_last", "false"}}, "--no-channels-last"));
  CHECK(problem({cpu, {"run.channels_last", "false"}}, Purpose::training).empty());
  CHECK(idle({cuda, {"run.max_memory", "9"}}, "--max-memory"));
  CHECK(problem({cpu, {"run.max_memory", "9"}}).empty());
  const std::pair<std::string, std::string> queue{"search.queue", "redis://host/name"};
  CHECK(idle({cpu, queue, {"run.max_memory", "9"}}, "--max-memory"));
  CHECK(idle({queue, {"run.workers", "3"}}, "--workers"));
  CHECK(problem({{"run.workers", "3"}}).empty());

  CHECK(
      idle({{"train.test_root", "t"}, {"train.holdout", "0.5"}}, "--test-root", Purpose::training));
  CHECK(problem({{"train.test_root", "t"}, {"train.holdout", "0.5"}}).empty());  // of trainings
}

TEST_CASE("a variable may hold what never changes a result, whether or not it is read",
          "[config]") {
  const auto variable = [](const std::string& name, const std::string& value) {
    return error_of([&] { load_config(sources({}, {{name, value}})); });
  };
  CHECK(variable("WRCOR_DATA_DOWNLOAD", "false") == "no error");
  CHECK(variable("WRCOR_DATA_MIRROR", "file:///m") == "no error");
  CHECK(contains(variable("WRCOR_DATA_ROOT", "photos"), "has no effect"));
  CHECK(contains(file_error("data:\n  download: false\n"), "has no effect"));
}

TEST_CASE("a command says what it makes use of, and what the machine decides", "[config]") {
  ConfigSources source = sources({{"search.budget", "9"}}, {{"WRCOR_SEARCH_WINDOW", "9"}});
  source.unused = {{"search.budget", "nothing is searched"}, {"search.window", "of that"}};
  CHECK(error_of([&] { load_config(source); }) ==
        "--budget: has no effect, because nothing is searched; leave it out");

  source = sources({{"search.replacement", "true"}});
  source.used = {"search.replacement"};
  CHECK(load_config(source).search.options.at("replacement") == OptionValue(true));

  source = sources({}, {{"WRCOR_SEARCH_REPLACEMENT", "true"}});
  source.taken = {"run.seed"};
  CHECK(load_config(source).search.options.at("replacement") == OptionValue(true));

  source = sources({{"run.tf32", "true"}});
  CHECK(load_config(source).run.device == "auto");
  source.resolve = [](Config& config) { config.run.device = "cpu"; };
  CHECK(contains(error_of([&] { load_config(source); }), "--tf32: has no effect"));
}

#include "config/config_documents.h"
#include "config_support.h"
#include "support/catch.h"

using namespace wrcor;
using namespace wrcor::test;

TEST_CASE("without sources a configuration has its defaults", "[config]") {
  CHECK(values(load_config(sources({}))) == values(Config()));
}

TEST_CASE("a flag wins over the environment, that over the file, that over the default",
          "[config]") {
  const std::string file = "search: {budget: 1, window: 1, population: 70}\nspace: {cells: 1}\n";
  const Config config =
      load_text(file, sources({{"search.budget", "3"}},
                              {{"WRCOR_SEARCH_BUDGET", "2"}, {"WRCOR_SEARCH_WINDOW", "2"}}));
  CHECK(config.search.budget == 3);
  CHECK(config.search.window == 2);
  CHECK(config.search.options.at("population") == OptionValue(std::int64_t{70}));
  CHECK(config.space.option("cells") == 1);
  CHECK(config.space.option("channels") == Config().space.option("channels"));
}

TEST_CASE("values of every type come from flags", "[config]") {
  const Config config = load_config(sources({{"score.proxies", "rcor, acor,wrcor"},
                                             {"score.rank_by", "acor"},
                                             {"score.init", "kaiming"},
                                             {"score.weights_mode", "independent"},
                                             {"score.counting", "paper"},
                                             {"search.dedupe", "score"},
                                             {"search.max_seconds", "2.5"},
                                             {"data.augment", "false"},
                                             {"run.seed", "18446744073709551615"},
                                             {"run.device", "cuda:3"},
                                             {"run.workers", "auto"},
                                             {"constraints.max_params", "1000000"}}));
  CHECK(config.score.proxies == std::vector<std::string>{"rcor", "acor", "wrcor"});
  CHECK(config.score.rank_by == "acor");
  CHECK(config.score.init == Initialisation::kaiming);
  CHECK(config.score.weights_mode == WeightsMode::independent);
  CHECK(config.score.counting == Counting::paper);
  CHECK(config.search.dedupe == Dedupe::score);
  CHECK(config.search.max_seconds == 2.5);
  CHECK_FALSE(config.data.augment);
  CHECK(config.run.seed == 18446744073709551615U);
  CHECK(config.run.device == "cuda:3");
  CHECK(config.run.workers == 0);
  CHECK(config.constraints.max_params == 1000000);
}

TEST_CASE("an optional value of a file is unset by null, by 'none' in a flag", "[config]") {
  CHECK_FALSE(load_text("constraints: {max_flops: null, max_params: ~}").constraints.max_flops);
  const std::string limited = "constraints: {max_params: 5}";
  CHECK(load_text(limited).constraints.max_params == 5);
  CHECK_FALSE(
      load_text(limited, sources({{"constraints.max_params", "none"}})).constraints.max_params);
}

TEST_CASE("an empty variable counts as not set, one that resembles no setting is left alone",
          "[config]") {
  const Texts variables = {
      {"WRCOR_SEARCH_BUDGET", ""}, {"WRCOR_DATA", "x"}, {"WRCOR_ELSEWHERE", "x"}, {"HOME", "x"}};
  CHECK(values(load_config(sources({}, variables))) == values(Config()));
}

TEST_CASE("of the process's variables those with the prefix are looked at", "[config]") {
  setenv("WRCOR_RUN_SEED", "9=8", 1);
  const auto variables = process_environment();
  unsetenv("WRCOR_RUN_SEED");
  CHECK(variables.at("WRCOR_RUN_SEED") == "9=8");
  CHECK_FALSE(variables.contains("PATH"));
}

TEST_CASE("a file may say its version", "[config]") {
  CHECK(load_text("schema_version: 1\nrun: {seed: 2}\n").run.seed == 2);
  CHECK(values(load_text(config_document(Config()))) == values(Config()));
}

TEST_CASE("values of an older program are read with the defaults of what it lacked", "[config]") {
  Config config;
  config.search.window = 3;
  config.data.batch_file = "b.pt";
  auto written = to_json(config);
  CHECK(values(config_from_json(written, "f")) == values(config));
  written["search"].erase("tournament");
  written.erase("constraints");
  CHECK(values(config_from_json(written, "f")) == values(config));
  written["search"]["horizon"] = 5;
  CHECK_THROWS_WITH(config_from_json(written, "f:1"),
                    ContainsSubstring("f:1: this program has no setting 'search.horizon'"));
  written["search"] = {{"window", "x"}};
  CHECK_THROWS_WITH(config_from_json(written, "f:1"),
                    ContainsSubstring("f:1: search.window: expected an integer"));
}

TEST_CASE("JSON is known by its content, indented by tabs or not at all", "[config]") {
  const Config tabs =
      load_text("{\n\t\"search\": {\n\t\t\"budget\": 7,\n\t\t\"window\": 1\n\t}\n}\n");
  CHECK(tabs.search.budget == 7);
  const Config dense = load_text(R"({"score":{"proxies":["rcor","acor"]},"run":{"seed":9}})");
  CHECK(dense.score.proxies == std::vector<std::string>{"rcor", "acor"});
  CHECK(dense.run.seed == 9);
}

TEST_CASE("sections may be empty, and so may a file", "[config]") {
  CHECK(values(load_text("")) == values(Config()));
  CHECK(values(load_text("# nothing\nsearch:\nrun: {}\n")) == values(Config()));
}

TEST_CASE("parts of a YAML file can be shared by anchors", "[config]") {
  CHECK(load_text("space: {channels: &n 8}\nsearch: {window: *n}\n").search.window == 8);
}

TEST_CASE("a configuration survives being written and read", "[config]") {
  Config config;
  config.run.seed = 18446744073709551557U;
  config.search.max_seconds = 0.1;
  config.search.budget = 1'000'000'000;
  config.score.proxies = {"acor", "wrcor"};
  config.score.rank_by = "wrcor";
  config.score.init = Initialisation::xavier;
  config.search.dedupe = Dedupe::exact;
  config.data.root = "a \"folder\"\twith: odd # letters, \xC3\xA4 and \\";
  config.data.augment = false;
  config.constraints.min_params = 1;
  const auto written = to_json(config);
  ConfigSources record = sources({});
  record.recorded = true;  // whether or not all of it has an effect
  for (const int indent : {-1, 2}) {
    const Config read = load_text(written.dump(indent), record);
    CHECK(values(read) == written);
    CHECK(read.run.seed == config.run.seed);
    CHECK(read.search.max_seconds == config.search.max_seconds);
    CHECK(read.data.root == config.data.root);
    CHECK(read.search.dedupe == Dedupe::exact);
  }
}

TEST_CASE("an unset limit is written as null", "[config]") {
  const auto written = to_json(Config());
  CHECK(written["constraints"]["max_params"].is_null());
  CHECK(written["search"]["max_seconds"].is_null());
  CHECK(written["run"]["seed"] == 0);
}

TEST_CASE("what never changes a result is not part of its configuration", "[config]") {
  Config config;
  config.run.workers = 7;
  CHECK(result_config(config) == result_config(Config()));
  CHECK_FALSE(to_json(config) == to_json(Config()));
  CHECK(result_config(config)["run"].contains("seed"));
}

TEST_CASE("a batch file fixes the batch size", "[config]") {
  const Config config = load_text("data: {batch_size: 32}", sources({{"data.batch_file", "b.pt"}}));
  CHECK(config.data.batch_file == "b.pt");
  CHECK(to_json(config)["data"]["batch_size"].is_null());
  CHECK(values(load_text(to_json(config).dump())) == values(config));

  CHECK(
      file_error("data:\n  batch_file: b.pt\n  batch_size: 32\n") ==
      "my.yaml:3: data.batch_size: cannot be given together with data.batch_file, which fixes it; "
      "got 32 and 'b.pt'");
  CHECK(file_error("data: {batch_file: b.pt}", sources({{"data.batch_size", "32"}})) ==
        "--batch-size: cannot be given together with data.batch_file, which fixes it; got 32 and "
        "'b.pt'");
}

TEST_CASE("the file that 'config init' writes has the defaults", "[config]") {
  CHECK(values(load_text(commented_config())) == values(Config()));
}

TEST_CASE("the configurations that come with the program are valid", "[config]") {
  int count = 0;
  const auto folder = std::filesystem::path(WRCOR_SOURCE_DIR) / "configs";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) continue;
    ConfigSources source = sources({});
    source.file = entry.path();
    INFO(entry.path());
    CHECK(error_of([&] { load_config(source); }) == "no error");
    ++count;
  }
  CHECK(count >= 8);
}

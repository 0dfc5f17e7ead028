#include "config_support.h"
#include "support/catch.h"
#include "wrcor/run/workbench.h"

using namespace wrcor;
using namespace wrcor::test;

namespace {

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int k = 0; k < times; ++k) result += text;
  return result;
}

}  // namespace

TEST_CASE("a wrong value names its source, its line and what was expected", "[config]") {
  const std::string range = "expected an integer from 1 to 1000000000";
  const std::string in_file = range + " or null, got ", elsewhere = range + " or none, got ";
  CHECK(file_error("# a comment\nsearch:\n  budget: -5\n") ==
        "my.yaml:3: search.budget: " + in_file + "-5");
  CHECK(file_error("{\n  \"search\": {\n    \"budget\": 0\n  }\n}\n") ==
        "my.yaml:3: search.budget: " + in_file + "0");
  CHECK(flag_error("search.budget", "abc") == "--budget: " + elsewhere + "'abc'");
  CHECK(error_of([] {
          load_config(sources({}, {{"WRCOR_SEARCH_BUDGET", "1.5"}}));
        }) == "WRCOR_SEARCH_BUDGET: " + elsewhere + "1.5");
}

TEST_CASE("a boolean flag is named as it was given", "[config]") {
  CHECK(flag_error("data.augment", "maybe") == "--augment: expected true or false, got 'maybe'");
}

TEST_CASE("integers are read strictly", "[config]") {
  const auto bad = [](const std::string& text) {
    const std::string in_file = file_error("search: {budget: " + text + "}");
    return flag_error("search.budget", text) != "no error" &&
           in_file.starts_with("my.yaml:1: search.budget: expected an integer");
  };
  for (const char* text : {"1e3", "1.0", "0x10", "010", "+5", "5k", "1_000", "1000000001",
                           "99999999999999999999", "-99999999999999999999", "1e400", "true"}) {
    INFO(text);
    CHECK(bad(text));
  }
  CHECK(flag_error("search.budget", "") != "no error");
  CHECK(flag_error("search.budget", " 5") != "no error");
  CHECK(flag_error("search.window", "none") != "no error");
  CHECK(flag_error("run.seed", "18446744073709551616") != "no error");
  CHECK(flag_error("run.seed", "-1") != "no error");
}

TEST_CASE("numbers are finite and above 0", "[config]") {
  for (const char* text :
       {"0", "-1", "nan", ".nan", "inf", ".inf", "-.inf", "1e400", "0x1p3", "1s"}) {
    INFO(text);
    CHECK(flag_error("search.max_seconds", text).starts_with("--max-seconds: expected a number"));
    CHECK(file_error("search: {max_seconds: " + std::string(text) + "}")
              .starts_with("my.yaml:1: search.max_seconds: expected a number above 0"));
  }
  CHECK(flag_error("search.max_seconds", "1e3") == "no error");
  CHECK(flag_error("search.max_seconds", "3") == "no error");
}

TEST_CASE("in a file a value has its type without being converted", "[config]") {
  CHECK(file_error("search:\n  budget: \"64\"\n") ==
        "my.yaml:2: search.budget: expected an integer from 1 to 1000000000 or null, got '64' in "
        "quotes");
  CHECK(file_error("data: {augment: yes}") ==
        "my.yaml:1: data.augment: expected true or false, got 'yes'");
  CHECK(file_error("data: {root: 5}") ==
        "my.yaml:1: data.root: expected text, got 5; put it in quotes");
  CHECK(file_error("search: {window: null}") ==
        "my.yaml:1: search.window: expected an integer from 1 to 1000000, got null");
  CHECK(file_error("search: {budget: [1]}") ==
        "my.yaml:1: search.budget: expected an integer from 1 to 1000000000 or null, got a list");
  CHECK(file_error("search: {max_seconds: {a: 1}}") ==
        "my.yaml:1: search.max_seconds: expected a number above 0, at most 1000000000 or null, got "
        "a mapping");
  CHECK(file_error("score: {proxies: wrcor}") ==
        "my.yaml:1: score.proxies: expected a list of proxies or null, got 'wrcor'");
  CHECK(file_error("score: {proxies: []}") ==
        "my.yaml:1: score.proxies: expected a list of proxies or null, got an empty list");
}

TEST_CASE("an unknown name comes with the nearest and all known ones", "[config]") {
  CHECK(flag_error("score.init", "kaimin") ==
        "--init: unknown initialisation 'kaimin' (did you mean 'kaiming'?); "
        "known initialisations: default, xavier, kaiming, normal");
  CHECK(contains(flag_error("score.proxies", "rcor,wrcorr"),
                 "--proxy: unknown proxy 'wrcorr' (did you mean 'wrcor'?); known proxies: "));
  CHECK(contains(flag_error("score.proxies", "rcro,rcor,acro"),
                 "--proxy: unknown proxies 'rcro' (did you mean 'rcor'?), 'acro' (did you mean "
                 "'acor'?); known proxies: "));
  CHECK(flag_error("score.proxies", "wrcor,rcor,wrcor") == "--proxy: 'wrcor' is listed twice");
  CHECK(flag_error("score.proxies", "wrcor,") != "no error");
  CHECK(flag_error("run.device", "gpu") ==
        "--device: expected auto, cpu, cuda or cuda:K, got 'gpu'");
  CHECK(flag_error("run.device", "cuda:01") != "no error");
}

TEST_CASE("a ranking rule that cannot be read is refused with its place", "[config]") {
  CHECK(flag_error("score.rank_by", "rcor") == "no error");
  CHECK(
      contains(flag_error("score.rank_by", "az(wrcor,rcro)"),
               "--rank-by: at character 10: unknown proxy or vote 'rcro' (did you mean 'rcor'?)"));
  CHECK(file_error("score:\n  rank_by: az(wrcor\n") ==
        "my.yaml:2: score.rank_by: at character 9: expected ',' or ')', found the end, in "
        "'az(wrcor'");
  CHECK(file_error("score: {rank_by: [wrcor, rcor]}") ==
        "my.yaml:1: score.rank_by: expected text, got a list");
  CHECK(flag_error("score.rank_by", std::string(100'000, 'x')).size() < 1000);
  CHECK(flag_error("score.rank_by", "wrcor\n\x1B").size() < 200);
}

TEST_CASE("an unknown key comes with the nearest one", "[config]") {
  CHECK(file_error("space:\n  cells: 1\nserach:\n  budget: 5\n") ==
        "my.yaml:3: unknown key 'serach' (did you mean 'search'?), got a mapping");
  CHECK(file_error("search:\n  bugdet: 5\n") ==
        "my.yaml:2: unknown key 'search.bugdet' (did you mean 'search.budget'?), got 5");
  CHECK(file_error("search:\n  seed: 5\n") ==
        "my.yaml:2: unknown key 'search.seed' (did you mean 'run.seed'?), got 5");
  CHECK(file_error("budget: 5\n") ==
        "my.yaml:1: unknown key 'budget' (did you mean 'search.budget'?), got 5");
  CHECK(file_error("search.budget: 5\n") ==
        "my.yaml:1: unknown key 'search.budget' (write it as 'budget' below 'search:'), got 5");
  CHECK(file_error("zzzzzzzzz: 5\n") ==
        "my.yaml:1: unknown key 'zzzzzzzzz', got 5; known sections: space, data, score, search, "
        "constraints, run, train");
  CHECK(file_error("constraints: {zzzzzzzzz: 5}\n") ==
        "my.yaml:1: unknown key 'constraints.zzzzzzzzz', got 5; known keys of constraints: "
        "min_params, max_params, max_flops, max_cost, cost_table");
  CHECK(file_error("schema_versoin: 1\n") ==
        "my.yaml:1: unknown key 'schema_versoin' (did you mean 'schema_version'?), got 1");
}

TEST_CASE("a file of a newer version is refused", "[config]") {
  const std::string rest = "; a file of a newer version needs a newer wrcor";
  CHECK(file_error("run: {seed: 1}\nschema_version: 2\n") ==
        "my.yaml:2: schema_version: expected 1, got 2" + rest);
  CHECK(file_error("{\"schema_version\": \"1\"}") ==
        "my.yaml:1: schema_version: expected 1, got '1' in quotes" + rest);
  CHECK(file_error("schema_version:\n") ==
        "my.yaml:1: schema_version: expected 1, got null" + rest);
}

TEST_CASE("a variable that is near to a setting's, or begins as one, is an error", "[config]") {
  const auto problem = [](const std::string& name) {
    return error_of([&] { load_config(sources({}, {{name, "30"}})); });
  };
  const std::string rest = ", got '30'; correct its name, or unset it";
  CHECK(problem("WRCOR_SEARCH_BUDGTE") ==
        "WRCOR_SEARCH_BUDGTE: unknown variable (did you mean "
        "'WRCOR_SEARCH_BUDGET'?)" +
            rest);
  CHECK(problem("WRCOR_SEED") ==
        "WRCOR_SEED: unknown variable (did you mean 'WRCOR_RUN_SEED'?)" + rest);
  CHECK(problem("WRCOR_SEARCH_ZZZZZZZZZZ") == "WRCOR_SEARCH_ZZZZZZZZZZ: unknown variable" + rest);
}

TEST_CASE("values that contradict each other are named beside other mistakes", "[config]") {
  CHECK(file_error("search:\n  population: 5\n  strategy: random\n  window: 0\n"
                   "constraints: {min_params: 6, max_params: 5}\n",
                   sources({{"data.batch_size", "4"}, {"run.seed", "x"}},
                           {{"WRCOR_DATA_BATCH_FILE", "b.pt"}, {"WRCOR_RUN_THREDS", "2"}})) ==
        "my.yaml:4: search.window: expected an integer from 1 to 1000000, got 0\n"
        "WRCOR_RUN_THREDS: unknown variable (did you mean 'WRCOR_RUN_THREADS'?), got '2'; correct "
        "its name, or unset it\n"
        "--seed: expected an integer from 0 to 18446744073709551615, got 'x'\n"
        "search.tournament: expected at most search.population (5), got 10\n"
        "my.yaml:5: constraints.min_params: expected at most constraints.max_params (5), got 6\n"
        "--batch-size: cannot be given together with data.batch_file, which fixes it; got 4 and "
        "'b.pt'");
  // One of a pair that is wrong by itself is not compared with the other.
  CHECK(file_error("search: {population: 1, tournament: 9}") ==
        "my.yaml:1: search.population: expected an integer from 2 to 1000000, got 1");
}

TEST_CASE("what the machine lacks is told with everything else", "[config]") {
  ConfigSources demanding = sources({{"run.device", "cuda:99"}});
  demanding.checks = workbench_checks();
  CHECK(file_error("", demanding).starts_with("--device: device 'cuda:99' is not usable here"));
  const std::string file = "data:\n  name: cifar10\n  root: /no/such/folder\nsearch: {window: 0}\n";
  const std::string both = file_error(file, demanding);
  CHECK(contains(both, "my.yaml:4: search.window: "));
  CHECK(contains(both, "\n--device: device 'cuda:99'"));
  CHECK(contains(both, "\nmy.yaml:2: data.name: "));
  CHECK(contains(both, "/no/such/folder"));
  CHECK(contains(file_error("data: {batch_file: no.pt}\nsearch: {window: 0}\n", demanding),
                 "\nmy.yaml:1: data.batch_file: cannot read 'no.pt'"));
  // Settings with an error are not checked further.
  CHECK_FALSE(contains(file_error("data: {name: cifar, root: /no/such/folder}\n", demanding),
                       "/no/such/folder"));
}

TEST_CASE("a key given twice is an error, in a section and between sections", "[config]") {
  CHECK(file_error("run:\n  seed: 1\n  seed: 2\n") ==
        "my.yaml:3: duplicate key 'run.seed', first given in line 2");
  CHECK(file_error("run: {seed: 1}\nrun: {threads: 2}\n") ==
        "my.yaml:2: duplicate key 'run', first given in line 1");
}

TEST_CASE("values that contradict each other are named with their source", "[config]") {
  CHECK(flag_error("search.tournament", "65") ==
        "--tournament: expected at most search.population (64), got 65");
  CHECK(file_error("search:\n  population: 5\n") ==
        "search.tournament: expected at most search.population (5), got 10");
  CHECK(file_error("constraints:\n  max_params: 5\n  min_params: 6\n") ==
        "my.yaml:3: constraints.min_params: expected at most constraints.max_params (5), got 6");
}

TEST_CASE("everything that is wrong is reported at once", "[config]") {
  CHECK(file_error("serach: {}\nsearch:\n  budget: x\n  window: 0\n",
                   sources({{"space.cells", "0"}}, {{"WRCOR_RUN_SEED", "-1"}})) ==
        "my.yaml:1: unknown key 'serach' (did you mean 'search'?), got a mapping\n"
        "my.yaml:3: search.budget: expected an integer from 1 to 1000000000 or null, got 'x'\n"
        "my.yaml:4: search.window: expected an integer from 1 to 1000000, got 0\n"
        "WRCOR_RUN_SEED: expected an integer from 0 to 18446744073709551615, got -1\n"
        "--cells: expected an integer from 1 to 300 or none, got 0");
  CHECK(file_error("search: {tournament: 9, population: 8}\nconstraints: {min_params: 6, "
                   "max_params: 5}\n") ==
        "my.yaml:1: search.tournament: expected at most search.population (8), got 9\n"
        "my.yaml:2: constraints.min_params: expected at most constraints.max_params (5), got 6");
}

TEST_CASE("a file that cannot be read is a usage error", "[config]") {
  ConfigSources source = sources({});
  source.file = "no/such/file.yaml";
  CHECK(error_of([&] { load_config(source); }) ==
        "no/such/file.yaml: cannot be read: No such file or directory");
  source.file = std::filesystem::temp_directory_path();
  CHECK(contains(error_of([&] { load_config(source); }), "cannot be read"));
}

TEST_CASE("malformed text is reported with its line", "[config]") {
  CHECK(file_error("run:\n  seed: [1\n").starts_with("my.yaml:3: not valid YAML or JSON: "));
  CHECK(file_error("run:\n\tseed: 1\n").starts_with("my.yaml:2: not valid YAML or JSON: "));
  CHECK(file_error("- a\n- b\n") == "my.yaml:1: expected sections such as 'search:', got a list");
  CHECK(file_error("just text\n") ==
        "my.yaml:1: expected sections such as 'search:', got 'just text'");
  CHECK(file_error("run: 5\n") == "my.yaml:1: run: expected the settings of the section, got 5");
  CHECK(file_error("? [a, b]\n: 1\n") == "my.yaml:1: expected a name as the key, got a list");
  CHECK(file_error("run: {seed: 1}\n---\nrun: {seed: 2}\n") ==
        "my.yaml: holds more than one document; expected one");
  CHECK(file_error("run: {seed: *nothing}\n").starts_with("my.yaml:1: not valid YAML or JSON: "));
}

TEST_CASE("deep nesting is refused, however it is written", "[config]") {
  const std::string message = "nested deeper than 64 levels";
  for (const int depth : {65, 100'000}) {
    CHECK(file_error(repeated("[", depth)) == "my.yaml:1: " + message);
    CHECK(file_error(repeated("{\"a\":", depth)) == "my.yaml:1: " + message);
    CHECK(file_error(repeated("- ", depth) + "x") == "my.yaml:1: " + message);
  }
  std::string chain = "a0: &a0 [x]\n";
  for (int k = 1; k < 20'000; ++k) {
    const std::string name = "a" + std::to_string(k);
    chain += name + ": &" + name + " [*a" + std::to_string(k - 1) + "]\n";
  }
  CHECK(contains(file_error(chain), message));
  CHECK(file_error(repeated("[", 60) + repeated("]", 60)) ==
        "my.yaml:1: expected sections such as 'search:', got a list");
}

TEST_CASE("aliases that multiply cost no more than their text", "[config]") {
  std::string bomb = "a0: &a0 [x]\n";
  for (int k = 1; k < 16; ++k) {
    const std::string name = "a" + std::to_string(k);
    const std::string part = "*a" + std::to_string(k - 1) + ", ";
    bomb += name + ": &" + name + " [" + repeated(part, 16) + "x]\n";
  }
  CHECK(contains(file_error(bomb + "score: {proxies: *a15}\n"),
                 "score.proxies: expected a list of proxies or null, got a list"));
  CHECK(file_error("score: &s {proxies: *s}\n") == "my.yaml:1: an alias refers to itself");
}

TEST_CASE("tags make nothing and are refused", "[config]") {
  CHECK(file_error("run: {seed: !!python/object:os.system 1}\n") ==
        "my.yaml:1: the tag 'tag:yaml.org,2002:python/object:os.system'; write the value without "
        "one");
  CHECK(file_error("run:\n  seed: !!int 1\n").starts_with("my.yaml:2: the tag "));
  CHECK(file_error("run: !thing {seed: 1}\n").starts_with("my.yaml:1: the tag '!thing'"));
  CHECK(file_error("score: {proxies: !!set [wrcor]}\n").starts_with("my.yaml:1: the tag "));
}

TEST_CASE("of very many problems the first are shown", "[config]") {
  const std::string problems = file_error(repeated("zzzz: 1\n", 20'000));
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 19);
  CHECK(problems.ends_with("\nand 19981 more problems"));
}

TEST_CASE("files that are no configuration are refused quickly", "[config]") {
  CHECK(file_error(std::string((1 << 20) + 1, '#')) ==
        "my.yaml: larger than 1 MiB, so not a configuration");
  CHECK(file_error(std::string("PK\x03\x04\0\0", 6)) ==
        "my.yaml: not a text file: it holds NUL bytes");
  CHECK(file_error("run: {device: \xFF\xFE}") == "my.yaml: not a text file in UTF-8");
}

TEST_CASE("messages quote odd values briefly and on one line", "[config]") {
  CHECK(flag_error("search.budget", "a\nb\x1B") ==
        "--budget: expected an integer from 1 to 1000000000 or none, got 'a\\nb\\u001b'");
  CHECK(flag_error("search.budget", std::string(100'000, 'x')).size() < 200);
  CHECK(flag_error("search.budget", std::string(100'000, '9')).size() < 200);
  CHECK(flag_error("score.proxies", std::string(100'000, 'x')).size() < 1000);
  CHECK(flag_error("score.init", "\xFF").starts_with("--init: unknown initialisation "));
  CHECK(flag_error("data.root", "\xFF") == "--data-root: expected UTF-8 text without a NUL");
}

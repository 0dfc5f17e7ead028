#include "cli/schemas.h"

#include <set>

#include "config/config_documents.h"
#include "core/file.h"
#include "record/score_writer.h"
#include "run/search_run.h"
#include "run/train_run.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"

using namespace wrcor;
using wrcor::cli::json_schema;
using wrcor::cli::schema_kinds;
using wrcor::test::schema_violations;
using Json = nlohmann::json;

namespace {

bool valid(const std::string& kind, const Json& document) {
  return schema_violations(kind, document).empty();
}

/// Calls `action` with a pointer to every value of a document.
template <typename Action>
void for_each_value(const Json& value, const Json::json_pointer& place, const Action& action) {
  action(value, place);
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) for_each_value(member, place / key, action);
  } else if (value.is_array()) {
    for (std::size_t k = 0; k < value.size(); ++k) for_each_value(value[k], place / k, action);
  }
}

/// A valid document becomes invalid with an extra key in any object, or a text instead of any
/// number.
void check_tight(const std::string& kind, const Json& document) {
  REQUIRE(schema_violations(kind, document) == std::vector<std::string>{});
  for_each_value(document, Json::json_pointer(), [&](const Json& value, const auto& place) {
    INFO(kind << " " << place.to_string());
    Json changed = document;
    if (value.is_object()) {
      changed[place]["surplus"] = 1;
      CHECK_FALSE(valid(kind, changed));
    } else if (value.is_number()) {
      changed[place] = "NaN";
      CHECK_FALSE(valid(kind, changed));
    }
  });
}

/// It requires each of its keys except these.
void check_required(const std::string& kind, const Json& document,
                    const std::set<std::string>& optional = {}) {
  for (const auto& member : document.items()) {
    Json changed = document;
    changed.erase(member.key());
    INFO(kind << " without " << member.key());
    CHECK(valid(kind, changed) == optional.contains(member.key()));
  }
}

Json score_line(const std::string& scores, const std::string& rest) {
  return Json::parse(R"({"arch":"|...|",)" + rest + R"(,"scores":)" + scores +
                     R"(,"params":1,"flops":2})");
}

}  // namespace

TEST_CASE("every kind has a schema with a versioned name", "[cli][schema]") {
  std::set<std::string> names;
  for (const std::string& kind : schema_kinds()) {
    const auto schema = json_schema(kind);
    CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
    const auto name = schema["$id"].get<std::string>();
    CHECK(name.starts_with("urn:wrcor:schema:" + kind + ":"));
    CHECK(names.insert(name).second);
    CHECK_FALSE(valid(kind, Json(7)));
  }
  CHECK(json_schema("config") == config_schema());
}

TEST_CASE("the schema of configurations accepts what the program does", "[cli][schema]") {
  Json defaults = Json::parse(config_document(Config()));
  CHECK(valid("config", defaults));
  CHECK(valid("config", Json::object()));
  CHECK(valid("config", Json::parse(R"({"search": null, "run": {"workers": "auto"}})")));
  for (const char* wrong :
       {R"({"surplus": {}})", R"({"search": {"surplus": 1}})", R"({"search": {"budget": 0}})",
        R"({"search": {"budget": "64"}})", R"({"search": {"window": null}})", R"({"search": []})",
        R"({"score": {"proxies": ["wrcorr"]}})", R"({"score": {"proxies": []}})",
        R"({"score": {"proxies": ["acor", "acor"]}})", R"({"run": {"device": "gpu"}})",
        R"({"search": {"max_seconds": 0}})", R"({"search": {"max_seconds": "NaN"}})",
        R"({"data": {"augment": "yes"}})", R"({"schema_version": 2})"}) {
    INFO(wrong);
    CHECK_FALSE(valid("config", Json::parse(wrong)));
  }
}

TEST_CASE("the schema of scores tells values from reasons", "[cli][schema]") {
  CHECK(valid("score", score_line(R"({"wrcor":1.5})", R"("status":"ok")")));
  CHECK(valid("score", score_line(R"({"wrcor":null})",
                                  R"("status":"degenerate","reason":"x","raw":{"wrcor":"-inf"})")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":"NaN"})", R"("status":"ok")")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcorr":1})", R"("status":"ok")")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":1})", R"("status":"fine")")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":1})", R"("status":"ok","reason":"x")")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":1})", R"("status":"failed")")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":null})", R"("status":"ok")")));
  CHECK_FALSE(
      valid("score", score_line(R"({"wrcor":null})", R"("status":"ok","raw":{"wrcor":"NaN"})")));
  CHECK_FALSE(valid("score", score_line(R"({"wrcor":1})", R"("status":"ok","settings":"abc")")));
}

TEST_CASE("what a search writes is as its schemas say, and nothing else is", "[cli][schema]") {
  const test::TemporaryFolder folder;
  Config config;
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.data.batch_size = 4;
  config.score.proxies = {"auto", "zico"};
  config.search.strategy = "random";
  config.search.dedupe = Dedupe::exact;
  config.search.budget = 12;
  run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(test::folder_violations(folder.path()) == std::vector<std::string>{});

  const Json result = Json::parse(read_file(folder.path() / "run/result.json"));
  check_tight("result", result);
  check_required("result", result);
  check_tight("ranking", result["ranking"]);
  const Json written = Json::parse(read_file(folder.path() / "run/config.json"));
  check_tight("config", written);

  const std::string journal = read_file(folder.path() / "run/journal.jsonl");
  const Json header = Json::parse(journal.substr(0, journal.find('\n')));
  const std::size_t second = journal.find('\n') + 1;
  const Json entry = Json::parse(journal.substr(second, journal.find('\n', second) - second));
  check_tight("journal", header);
  check_required("journal", header, {"processor", "blas", "kernels", "at_once"});
  check_tight("journal", entry);
  check_required("journal", entry, {"statuses", "reasons", "notes", "log10"});
}

TEST_CASE("what a training writes is as its schemas say, and nothing else is", "[cli][schema]") {
  const test::TemporaryFolder folder;
  Config config;
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.train.arch = "|nor_conv_1x1~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";
  config.train.epochs = 1;
  config.train.images = 16;
  config.train.test_images = 16;
  run_training(resolve(config), {folder.path()}, false, {});

  const Json result = Json::parse(read_file(folder.path() / "result.json"));
  check_tight("training", result);
  check_required("training", result);
  check_tight("config", Json::parse(read_file(folder.path() / "config.json")));
  const Json line = Json::parse(read_file(folder.path() / "metrics.jsonl"));
  check_tight("metrics", line);
  check_required("metrics", line);
}

TEST_CASE("a line of a score file is as the schema says", "[cli][schema]") {
  Evaluation evaluation;
  evaluation.scores = {{"wrcor", Score::of(1.5)}, {"bt", Score::degenerate("singular", 0)}};
  const Json line = Json::parse(JsonLineScores("0123456789ab").record("|...|", evaluation));
  check_tight("score", line);
  check_required("score", line, {"reasons"});
  Json older = line;
  older.erase("schema_version");
  CHECK_FALSE(valid("score", older));
}

TEST_CASE("files of version 1 are not taken for newer ones", "[cli][schema]") {
  const std::string folder = WRCOR_SOURCE_DIR "/tests/fixtures/version_1/";
  CHECK_FALSE(valid("result", Json::parse(read_file(folder + "run/result.json"))));
  CHECK(valid("config", Json::parse(read_file(folder + "run/config.json"))));
}

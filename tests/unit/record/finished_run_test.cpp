#include "record/finished_run.h"

#include "core/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using namespace wrcor::test;

namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/fixtures/version_1";

/// A copy of a run's folder, to be damaged.
struct Copy {
  explicit Copy(const std::string& run) : path(folder.path() / run) {
    std::filesystem::copy(fixtures / run, path, std::filesystem::copy_options::recursive);
  }
  void replace(const std::string& file, const std::string& part, const std::string& other) const {
    std::string text = read_file(path / file);
    REQUIRE(text.find(part) != text.npos);
    folder.write(path / file, text.replace(text.find(part), part.size(), other));
  }
  std::string complaint() const {
    try {
      read_finished_run(path);
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder;
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a finished run is read, of the first version, too", "[record]") {
  const FinishedRun run = read_finished_run(fixtures / "run");
  CHECK(run.space.name == "nb201");
  CHECK(run.space.definition.is_null());
  CHECK_FALSE(run.rule.is_vote());
  CHECK(run.proxies == std::vector<std::string>{"wrcor", "dyn_isometry", "synflow"});
  REQUIRE(run.ranking.size() == 12);
  CHECK(run.elapsed.size() == 12);
  CHECK_FALSE(run.document.contains("ranking"));
  for (std::size_t k = 1; k < run.ranking.size(); ++k)
    CHECK(*run.value(run.ranking[k - 1]) >= *run.value(run.ranking[k]));

  const FinishedRun vote = read_finished_run(fixtures / "vote");
  CHECK(vote.rule.is_vote());
  CHECK(*vote.value(vote.ranking.front()) == -0.7209874243611234);
  CHECK(vote.ranking.front().first_seen == 1);
}

TEST_CASE("reading a finished run leaves its folder as it is", "[record]") {
  const Copy run("run");
  const std::string whole = read_file(run.path / "journal.jsonl");
  const std::string torn = whole.substr(0, whole.size() - 7);
  run.folder.write(run.path / "journal.jsonl", torn);
  CHECK(read_finished_run(run.path).elapsed.size() == 11);
  CHECK(read_file(run.path / "journal.jsonl") == torn);

  std::filesystem::remove(run.path / "journal.jsonl");
  CHECK(read_finished_run(run.path).elapsed.empty());
  CHECK_FALSE(std::filesystem::exists(run.path / "journal.jsonl"));
}

TEST_CASE("a folder of no finished run is refused", "[record]") {
  const Copy run("run");
  std::filesystem::remove(run.path / "result.json");
  CHECK_THROWS_AS(read_finished_run(run.path), UsageError);
  CHECK_THROWS_AS(read_finished_run(run.path / "not there"), UsageError);
}

TEST_CASE("a result that is damaged, or of a newer version, is refused", "[record]") {
  const Copy run("run");
  const std::string result = read_file(run.path / "result.json");
  const auto complaint = [&](const std::string& part, const std::string& other) {
    run.folder.write(run.path / "result.json", result);
    run.replace("result.json", part, other);
    return run.complaint();
  };
  CHECK_THAT(complaint("\"schema_version\": 1", "\"schema_version\": 99"), ContainsSubstring("99"));
  CHECK_THAT(complaint("\"ranking\"", "\"banking\""),
             ContainsSubstring("is not the result of a run"));
  CHECK_THAT(complaint("\"first_seen\"", "\"last_seen\""),
             ContainsSubstring("is not the result of a run"));
  CHECK_THAT(complaint("\"status\": \"ok\"", "\"status\": \"okay\""),
             ContainsSubstring("is not the result of a run"));
  CHECK_THAT(complaint("\"dyn_isometry\": ", "\"dyn\": "),
             ContainsSubstring("is not the result of a run"));
  CHECK_THAT(complaint("\"arch\": \"|", "\"arch\": \""),
             ContainsSubstring("result.json': rank 1: nb201 architecture string: at byte 0"));
  CHECK_THAT(complaint("\"name\": \"nb201\"", "\"name\": \"nb2010\""), ContainsSubstring("nb2010"));
  CHECK_THAT(complaint("\"timing\"", "timing"), ContainsSubstring("result.json': "));
}

TEST_CASE("a result without rows is refused", "[record]") {
  const Copy run("run");
  auto document = nlohmann::ordered_json::parse(read_file(run.path / "result.json"));
  document["ranking"] = nlohmann::ordered_json::array();
  run.folder.write(run.path / "result.json", document.dump());
  CHECK_THAT(run.complaint(), ContainsSubstring("result.json': the ranking has no rows"));
}

TEST_CASE("what is wrong in a row is said with its rank", "[record]") {
  const Copy run("run");
  auto document = nlohmann::ordered_json::parse(read_file(run.path / "result.json"));
  document["ranking"][2]["scores"].erase("wrcor");
  run.folder.write(run.path / "result.json", document.dump());
  CHECK_THAT(run.complaint(), ContainsSubstring("is not the result of a run: rank 3 is damaged"));
}

TEST_CASE("a damaged journal is refused, with the line", "[record]") {
  const Copy run("run");
  run.replace("journal.jsonl", "\"elapsed\":", "\"elapses\":");
  CHECK_THAT(run.complaint(),
             ContainsSubstring("journal.jsonl:2: expected a journal line, found damage"));
}

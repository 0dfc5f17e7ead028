// Files that the first version of the program wrote: they are resumed and read for ever. When
// scores change on purpose, these tests fail until the scoring revision is raised.
#include "support/catch.h"
#include "support/document_check.h"
#include "support/temporary_folder.h"
#include "unit/config/config_support.h"
#include "wrcor/core/file.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/scoring_revision.h"
#include "wrcor/run/journal.h"
#include "wrcor/run/score_identity.h"
#include "wrcor/run/search_run.h"

using namespace wrcor;
using namespace wrcor::test;
using Json = nlohmann::ordered_json;

namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/fixtures/version_1";

Config configured(const std::string& run) {
  ConfigSources source = sources({{"run.workers", "1"}});
  source.file = fixtures / run / "config.json";
  return load_config(source);
}

Json parsed(const std::filesystem::path& file) { return Json::parse(read_file(file)); }

/// The same architectures in the same order with the same scores, but for rounding.
void check_same_ranking(const Json& found, const Json& expected) {
  constexpr double rounding = 1e-5;
  REQUIRE(found.size() == expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    CHECK(found[k]["arch"] == expected[k]["arch"]);
    CHECK(found[k]["status"] == expected[k]["status"]);
    CHECK(found[k]["first_seen"] == expected[k]["first_seen"]);
    for (const auto& [proxy, score] : expected[k]["scores"].items()) {
      INFO(expected[k]["arch"] << " " << proxy);
      const Json& mine = found[k]["scores"][proxy];
      REQUIRE(mine.is_number() == score.is_number());
      if (!score.is_number()) continue;
      // The smallest difference of two entropies between 0 and ln(channels): what rounds those is
      // relative to them. (Version 1 summed their covariances in float32.)
      const double margin = proxy == "az_progressivity" ? 1e-6 : 0;
      CHECK(mine.get<double>() == Approx(score.get<double>()).epsilon(rounding).margin(margin));
    }
  }
}

std::string first_lines(const std::string& text, int count) {
  std::size_t end = 0;
  for (int k = 0; k < count; ++k) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

/// A folder with a journal of this header and no entries.
std::filesystem::path begun(const TemporaryFolder& folder, const std::string& name,
                            const Json& header) {
  const auto path = folder.path() / name;
  std::filesystem::create_directories(path);
  Journal::create(path / "journal.jsonl").write_header(header);
  return path;
}

Json header_of(const std::filesystem::path& journal) {
  JournalContent content;
  Journal::resume(journal, content);
  return content.header;
}

}  // namespace

TEST_CASE("a run of version 1 is repeated by its configuration", "[run][versions]") {
  const TemporaryFolder folder;
  for (const std::string run : {"run", "vote"}) {
    run_search(configured(run), {folder.path() / run}, false, {});
    check_same_ranking(parsed(folder.path() / run / "result.json")["ranking"],
                       parsed(fixtures / run / "result.json")["ranking"]);
  }
}

TEST_CASE("a run of version 1 is resumed from any line of its journal", "[run][versions]") {
  const TemporaryFolder folder;
  for (const std::string run : {"run", "vote"}) {
    const Json expected = parsed(fixtures / run / "result.json");
    const std::string journal = read_file(fixtures / run / "journal.jsonl");
    for (const int kept : {1, 6, 13}) {
      const std::string name = run + std::to_string(kept);
      folder.write(name + "/journal.jsonl", first_lines(journal, kept));
      const SearchResult result = run_search(configured(run), {folder.path() / name}, true, {});
      CHECK(result.timing.evaluated == 13 - kept);
      const Json found = parsed(folder.path() / name / "result.json");
      if (kept == 13) {
        CHECK(found["ranking"] == expected["ranking"]);
      } else {
        check_same_ranking(found["ranking"], expected["ranking"]);
      }
      Json counts = expected["counts"];
      counts["refined"] = 0;         // since version 3
      counts["not_applicable"] = 0;  // since version 4
      CHECK(nlohmann::json(found["counts"]) == nlohmann::json(counts));
      CHECK(schema_violations("result", nlohmann::json::parse(found.dump())).empty());
    }
  }
}

TEST_CASE("a run of version 1 is not continued with other settings", "[run][versions]") {
  const TemporaryFolder folder;
  folder.write("run/journal.jsonl", read_file(fixtures / "run/journal.jsonl"));
  Config config = configured("run");
  config.score.repeats = 2;
  CHECK_THROWS_WITH(run_search(config, {folder.path() / "run"}, true, {}),
                    ContainsSubstring("score.repeats: the run has 1, asked for 2"));
}

TEST_CASE("a run is continued by programs whose scores are the same", "[run][versions]") {
  const TemporaryFolder folder;
  Config config = configured("run");
  config.search.budget = 3;
  run_search(config, {folder.path() / "run"}, false, {});
  const Json header = header_of(folder.path() / "run" / "journal.jsonl");
  CHECK(header["schema_version"] == 3);
  CHECK(header["scoring_revision"] == scoring_revision);
  CHECK(header["libtorch"] == libtorch_version());
  const auto resume = [&](const std::string& name, const char* key, const Json& value) {
    Json changed = header;
    changed[Json::json_pointer(key)] = value;
    run_search(config, {begun(folder, name, changed)}, true, {});
  };
  CHECK_NOTHROW(resume("version", "/tool/version", "99.0.0"));
  CHECK_THROWS_WITH(
      resume("revision", "/scoring_revision", 99),
      ContainsSubstring("was begun with scoring revision 99, this program has 1") &&
          ContainsSubstring("resume it with wrcor 0.1.0, or start it anew with --config") &&
          ContainsSubstring("config.json' and another --out"));
  CHECK_THROWS_WITH(resume("libtorch", "/libtorch", "9.9.9"),
                    ContainsSubstring("was begun with libtorch 9.9.9, this program has ") &&
                        ContainsSubstring("a build on libtorch 9.9.9"));
  CHECK_THROWS_WITH(resume("schema", "/schema_version", 4),
                    ContainsSubstring("journal.jsonl:1: schema_version: expected 1 to 3, got '4'"));
  CHECK_THROWS_WITH(resume("unknown", "/config/search/horizon", 3),
                    ContainsSubstring("this program has no setting 'search.horizon'"));
  CHECK_THROWS_WITH(resume("device", "/device", "cuda"),
                    ContainsSubstring("device: the run has \"cuda\""));
}

TEST_CASE("a setting that a run's program did not have counts as its default", "[run][versions]") {
  const TemporaryFolder folder;
  Config config = configured("run");
  config.search.budget = 3;
  run_search(config, {folder.path() / "run"}, false, {});
  Json header = header_of(folder.path() / "run" / "journal.jsonl");
  header["config"]["search"].erase("dedupe");
  CHECK_NOTHROW(run_search(config, {begun(folder, "default", header)}, true, {}));
  config.search.dedupe = Dedupe::exact;
  CHECK_THROWS_WITH(
      run_search(config, {begun(folder, "other", header)}, true, {}),
      ContainsSubstring("search.dedupe: the run has \"strict\", asked for \"exact\""));
}

TEST_CASE("scores of version 1 are recognised by the identity that they had", "[run][versions]") {
  Config config = configured("run");
  config.score.proxies = {"wrcor", "synflow"};
  const Json line = Json::parse(first_lines(read_file(fixtures / "scores.jsonl"), 1));
  const auto identity = line["settings"].get<std::string>();
  CHECK(version_1_score_identity(config, make_workbench(config), {}) == identity);
  config.run.seed = 1;
  CHECK_FALSE(version_1_score_identity(config, make_workbench(config), {}) == identity);
}

// Files that the first version of the program wrote: they stay readable, but are not continued with
// the scores of another revision.
#include "core/file.h"
#include "eval/device.h"
#include "record/journal.h"
#include "run/search_run.h"
#include "score/scoring_revision.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "unit/config/config_support.h"

using namespace wrcor;
using namespace wrcor::test;
using Json = nlohmann::ordered_json;

namespace {

const std::filesystem::path fixtures =
    std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/fixtures/version_1";

/// @param input  of the proxies: images, as in that version, or the published input
Config configured(const std::string& run, const std::string& input = "images") {
  ConfigSources source = sources({{"run.workers", "1"}});
  if (run == "vote") {  // the default of that version, of which some were published with noise
    source.flags["score.rank_by"] =
        "logrank(wrcor,jacob_cor,meco,az_trainability,az_progressivity,synflow)";
    source.flags["score.proxy_input"] = input;
  }
  source.file = fixtures / run / "config.json";
  return load_config(source);
}

Json parsed(const std::filesystem::path& file) { return Json::parse(read_file(file)); }

/// The same architectures in the same order with the same scores, up to rounding.
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
      // The smallest difference of two entropies between 0 and ln(channels): their rounding is
      // relative to them. (Version 1 summed their covariances in float32.)
      const double margin = proxy == "az_progressivity" ? 1e-6 : 0;
      CHECK(mine.get<double>() == Approx(score.get<double>()).epsilon(rounding).margin(margin));
    }
  }
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
    run_search(resolve(configured(run)), {folder.path() / run}, false, {});
    check_same_ranking(parsed(folder.path() / run / "result.json")["ranking"],
                       parsed(fixtures / run / "result.json")["ranking"]);
  }
}

TEST_CASE("a run of version 1 is not continued with other scores", "[run][versions]") {
  const TemporaryFolder folder;
  for (const std::string run : {"run", "vote"}) {
    const std::string journal = read_file(fixtures / run / "journal.jsonl");
    folder.write(run + "/journal.jsonl", journal);
    CHECK_THROWS_WITH(
        run_search(resolve(configured(run, "published")), {folder.path() / run}, true, {}),
        ContainsSubstring("was started with scoring revision 1, this program has 3"));
    CHECK(read_file(folder.path() / run / "journal.jsonl") == journal);
  }
}

TEST_CASE("a run is continued by programs whose scores are the same", "[run][versions]") {
  const TemporaryFolder folder;
  Config config = configured("run");
  config.search.budget = 3;
  run_search(resolve(config), {folder.path() / "run"}, false, {});
  const Json header = header_of(folder.path() / "run" / "journal.jsonl");
  CHECK(header["schema_version"] == 4);
  CHECK(header["scoring_revision"] == scoring_revision);
  CHECK(header["libtorch"] == libtorch_version());
  const auto resume = [&](const std::string& name, const char* key, const Json& value) {
    Json changed = header;
    changed[Json::json_pointer(key)] = value;
    run_search(resolve(config), {begun(folder, name, changed)}, true, {});
  };
  CHECK_NOTHROW(resume("version", "/tool/version", "99.0.0"));
  CHECK_THROWS_WITH(
      resume("revision", "/scoring_revision", 99),
      ContainsSubstring("was started with scoring revision 99, this program has 3") &&
          ContainsSubstring("resume it with wrcor 0.1.0, or start it again with --config") &&
          ContainsSubstring("config.json' and another --out"));
  CHECK_THROWS_WITH(resume("libtorch", "/libtorch", "9.9.9"),
                    ContainsSubstring("was started with libtorch 9.9.9, this program has ") &&
                        ContainsSubstring("a build on libtorch 9.9.9"));
  CHECK_THROWS_WITH(resume("schema", "/schema_version", 5),
                    ContainsSubstring("journal.jsonl:1: schema_version: expected 1 to 4, got '5'"));
  CHECK_THROWS_WITH(resume("unknown", "/config/search/horizon", 3),
                    ContainsSubstring("this program has no setting 'search.horizon'"));
  CHECK_THROWS_WITH(resume("device", "/device", "cuda"),
                    ContainsSubstring("run.device (--device): the run has \"cuda\""));
}

TEST_CASE("a setting that a run's program did not have counts as its default", "[run][versions]") {
  const TemporaryFolder folder;
  Config config = configured("run");
  config.search.budget = 3;
  run_search(resolve(config), {folder.path() / "run"}, false, {});
  Json header = header_of(folder.path() / "run" / "journal.jsonl");
  header["config"]["search"].erase("dedupe");
  CHECK_NOTHROW(run_search(resolve(config), {begun(folder, "default", header)}, true, {}));
  config.search.dedupe = Dedupe::exact;
  CHECK_THROWS_WITH(
      run_search(resolve(config), {begun(folder, "other", header)}, true, {}),
      ContainsSubstring("search.dedupe (--dedupe): the run has \"strict\", asked for \"exact\""));
}

// Journals that were cut or damaged at any byte: a resume ends as if nothing had happened, or
// reports the place of the damage; it never ends with another result.
#include <iostream>
#include <map>

#include "core/file.h"
#include "record/journal.h"
#include "run/search_run.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

using namespace wrcor;

namespace {

Config tiny_config() {
  Config config;
  config.score.proxies = {"wrcor", "acor"};
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.data.batch_size = 8;
  config.search.strategy = "random";
  config.search.budget = 5;
  config.run.workers = 1;
  return config;
}

std::string result_of(const std::filesystem::path& folder) {
  const std::string text = read_file(folder / "result.json");
  return text.substr(0, text.find("  \"timing\": {"));
}

/// A finished run, and damaged versions of its journal.
class Victim {
 public:
  Victim() {
    run_search(resolve(config_), {folder_.path() / "run"}, false, {});
    expected_ = result_of(folder_.path() / "run");
    journal_ = read_file(path());
  }

  const std::string& journal() const { return journal_; }
  std::filesystem::path path() const { return folder_.path() / "run" / "journal.jsonl"; }

  enum class End { same, refused };

  /// Resumes with this journal. Journals with equal content are resumed only once.
  End resume(const std::string& damaged) {
    folder_.write("run/journal.jsonl", damaged);
    try {
      JournalContent content;
      Journal::resume(path(), content);
    } catch (const DataError& error) {
      check_message(error.what());
      return End::refused;
    }
    const std::string read = read_file(path());
    CHECK(journal_.starts_with(read));
    if (!results_.contains(read)) {
      for (const char* file : {"best.txt", "ranking.csv", "result.json"})
        std::filesystem::remove(folder_.path() / "run" / file);
      run_search(resolve(config_), {folder_.path() / "run"}, /*resume=*/!read.empty(), {});
      results_[read] = result_of(folder_.path() / "run");
    }
    CHECK(results_[read] == expected_);
    return End::same;
  }

  std::size_t resumes() const { return results_.size(); }

 private:
  void check_message(const std::string& message) const {
    CHECK(message.starts_with(path().string() + ":"));
    CHECK_THAT(message, ContainsSubstring("found damage at byte "));
    CHECK(message.find('\n') == std::string::npos);
  }

  test::TemporaryFolder folder_;
  Config config_ = tiny_config();
  std::string expected_, journal_;
  std::map<std::string, std::string> results_;
};

void report(const char* fault, std::size_t count, std::size_t refused, std::size_t resumes) {
  std::cout << fault << ": " << count << " journals, " << count - refused << " resumed (" << resumes
            << " different), " << refused << " refused, 0 wrong results\n";
}

}  // namespace

TEST_CASE("a run whose journal is cut at any byte ends as if it had not been", "[record][faults]") {
  Victim victim;
  for (std::size_t size = 1; size <= victim.journal().size(); ++size)
    CHECK(victim.resume(victim.journal().substr(0, size)) == Victim::End::same);
  report("cut", victim.journal().size(), 0, victim.resumes());
}

TEST_CASE("a run whose journal ends in zeros ends as if it did not", "[record][faults]") {
  Victim victim;
  const std::string& journal = victim.journal();
  const std::size_t last = journal.rfind('\n', journal.size() - 2) + 1;
  for (std::size_t size = last; size < journal.size(); ++size) {
    const std::size_t missing = journal.size() - size;
    CHECK(victim.resume(journal.substr(0, size) + std::string(missing, '\0')) == Victim::End::same);
    // A page that reached the disk when an earlier one did not.
    std::string hole = journal;
    hole[size] = size + 1 == journal.size() ? '\n' : '\0';
    CHECK(victim.resume(hole) == Victim::End::same);
  }
  CHECK(victim.resume(journal + std::string(4096, '\0')) == Victim::End::same);
  report("zeros", 2 * (journal.size() - last) + 1, 0, victim.resumes());
}

TEST_CASE("a bit that flips anywhere in a journal is seen", "[record][faults]") {
  Victim victim;
  Rng rng(7);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < victim.journal().size(); ++at) {
    std::string damaged = victim.journal();
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << rng.below(8)));
    const Victim::End end = victim.resume(damaged);
    refused += end == Victim::End::refused;
    // Without its line feed the last line is incomplete.
    if (at + 1 < damaged.size() && damaged[at] != '\0') CHECK(end == Victim::End::refused);
  }
  report("flipped bit", victim.journal().size(), refused, victim.resumes());
}

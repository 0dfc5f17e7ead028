#include "record/journal.h"

#include "core/file.h"
#include "core/schema_version.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

Evaluation evaluation(double value) {
  Evaluation result;
  result.scores = {{"wrcor", Score{Status::ok, "", value, value}},
                   {"acor", Score{Status::ok, "", 1.0 / 3, 1.0 / 3}}};
  result.costs = {10, 20};
  return result;
}

void write_journal(const std::filesystem::path& path) {
  Journal journal = Journal::create(path);
  journal.write_header({{"run", "one"}});
  journal.append("|a~0|", evaluation(0.1), 1.5);
  journal.append("|b~0|", evaluation(911.0305845111), 2.5);
}

}  // namespace

TEST_CASE("a journal gives back what was put in", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  {
    JournalContent content;
    Journal::resume(path, content).append("|c~0|", evaluation(3), 4);
    CHECK(content.header.at("run") == "one");
    CHECK(content.evaluations.size() == 2);
    CHECK(content.evaluations.at("|b~0|").score("wrcor").value == 911.0305845111);
    CHECK(to_json(content.evaluations.at("|a~0|")).dump() == to_json(evaluation(0.1)).dump());
    CHECK(content.elapsed == 2.5);
  }
  JournalContent content;
  Journal::resume(path, content);
  CHECK(content.evaluations.size() == 3);
  CHECK(content.elapsed == 4);
}

TEST_CASE("a journal cut at any byte resumes with its whole lines", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder.write("journal.jsonl", whole.substr(0, size));
    const auto lines = static_cast<std::size_t>(
        std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    JournalContent content;
    Journal::resume(path, content);
    CHECK(content.header.is_null() == (lines == 0));
    CHECK(content.evaluations.size() == (lines == 0 ? 0 : lines - 1));
  }
}

TEST_CASE("a flipped bit in a journal is a clear refusal", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  const std::string whole = read_file(path);
  for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    folder.write("journal.jsonl", damaged);
    JournalContent content;
    CHECK_THROWS_AS(Journal::resume(path, content), DataError);
  }
}

TEST_CASE("a journal is never started twice", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  CHECK_THROWS_AS(Journal::create(path), UsageError);
}

TEST_CASE("a second evaluation of an architecture has to agree with the first",
          "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  JournalContent content, again;
  {
    Journal journal = Journal::resume(path, content);
    journal.append("|a~0|", evaluation(0.1), 3);
  }
  Journal::resume(path, again).append("|a~0|", evaluation(0.2), 4);
  CHECK(again.evaluations.size() == 2);
  CHECK_THROWS_AS(Journal::resume(path, content), DataError);
  CHECK_THROWS_WITH(Journal::resume(path, content),
                    ContainsSubstring("jsonl:5: expected one evaluation of |a~0|"));
}

TEST_CASE("what failed is tried again on resume", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  JournalContent content;
  {
    Evaluation failed = evaluation(0);
    failed.status = Status::failed;
    failed.reason = "out_of_memory";
    failed.scores = {{"wrcor", Score{Status::failed, "out_of_memory", std::nullopt, 0.0}}};
    Journal::resume(path, content).append("|c~0|", failed, 4);
  }
  {
    Journal journal = Journal::resume(path, content);
    CHECK(content.evaluations.size() == 2);
    REQUIRE(content.failures.size() == 1);
    CHECK(content.failures.at("|c~0|").reason == "out_of_memory");
    CHECK(content.elapsed == 4);
    journal.append("|c~0|", evaluation(0.3), 5);
  }
  Journal::resume(path, content);
  CHECK(content.evaluations.size() == 3);
  CHECK(content.failures.empty());
}

TEST_CASE("a line of another run, or in another place, is refused", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  const auto lines_of_run = [&](const std::string& run) {
    const auto own = folder.path() / (run + ".jsonl");
    Journal journal = Journal::create(own);
    journal.write_header({{"schema_version", schema_version::journal}, {"run", run}});
    journal.append("|a~0|", evaluation(0.1), 1.5);
    journal.append("|b~0|", evaluation(0.2), 2.5);
    journal.append("|c~0|", evaluation(0.3), 3.5);
    std::vector<std::string> lines = AppendOnlyFile::lines_of(own).complete;
    REQUIRE(lines.size() == 4);
    return lines;
  };
  const auto a = lines_of_run("a"), b = lines_of_run("b");
  const auto refusal = [&](const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    folder.write("journal.jsonl", text);
    JournalContent content;
    try {
      Journal::resume(path, content);
    } catch (const DataError& error) {
      CHECK(read_file(path) == text);
      CHECK_THROWS_WITH(read_finish_times(path), error.what());
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal(a) == "accepted");
  CHECK_THAT(refusal({a[0], b[1], b[2], b[3]}),
             ContainsSubstring("jsonl:2: expected a journal line, found damage at byte ") &&
                 ContainsSubstring("it was edited, or is of another run"));
  CHECK_THAT(refusal({a[0], a[2], a[1], a[3]}), ContainsSubstring("jsonl:2: "));
  CHECK_THAT(refusal({a[0], a[1], a[3]}), ContainsSubstring("jsonl:3: "));
  CHECK_THAT(refusal({a[0], a[1], a[1], a[2]}), ContainsSubstring("jsonl:3: "));
  CHECK_THAT(refusal({a[0], a[1], a[2], b[3]}), ContainsSubstring("jsonl:4: "));
}

TEST_CASE("a journal of version 3 is gone on with as it was begun", "[record][journal][versions]") {
  const test::TemporaryFolder folder;
  const std::filesystem::path older =
      std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/fixtures/version_3/run/journal.jsonl";
  const auto path = folder.write("journal.jsonl", read_file(older));
  JournalContent content, again;
  Journal::resume(path, content).append("|a~0|", evaluation(0.1), 9);
  CHECK(content.evaluations.size() == 4);
  Journal::resume(path, again);
  CHECK(again.evaluations.size() == 5);
  // It was the first to list the proxies of its lines.
  Evaluation other = evaluation(0.2);
  other.scores.pop_back();
  Journal::resume(path, again).append("|b~0|", other, 10);
  CHECK_THROWS_WITH(
      Journal::resume(path, again),
      ContainsSubstring("jsonl:7: expected scores of wrcor, acor, found those of wrcor at byte "));
}

TEST_CASE("a journal begins as one, or belongs to somebody else", "[record][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  CHECK_FALSE(Journal::is_begun(path));
  write_journal(path);
  const std::string whole = read_file(path);
  for (const std::size_t size : {1, 20, 60}) {
    folder.write("journal.jsonl", whole.substr(0, size));
    CHECK(Journal::is_begun(path));
  }
  // Without a whole header it may be started again.
  folder.write("journal.jsonl", whole.substr(0, 20));
  CHECK_NOTHROW(Journal::create(path));
  CHECK(read_file(path).empty());
  CHECK_FALSE(Journal::is_begun(path));
  for (const char* other : {"my notes\n", "my notes", "{\"a\":1}\n"}) {
    folder.write("journal.jsonl", other);
    CHECK_FALSE(Journal::is_begun(path));
    CHECK_THROWS_AS(Journal::create(path), UsageError);
    CHECK(read_file(path) == other);
  }
}

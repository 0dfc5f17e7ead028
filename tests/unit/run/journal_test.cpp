#include "wrcor/run/journal.h"

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

TEST_CASE("a journal gives back what was put in", "[run][journal]") {
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

TEST_CASE("a journal cut at any byte resumes with its whole lines", "[run][journal]") {
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

TEST_CASE("a flipped bit in a journal is a clear refusal", "[run][journal]") {
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

TEST_CASE("a journal is never started twice", "[run][journal]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  write_journal(path);
  CHECK_THROWS_AS(Journal::create(path), UsageError);
}

TEST_CASE("a second evaluation of an architecture has to agree with the first", "[run][journal]") {
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

TEST_CASE("what failed is tried again on resume", "[run][journal]") {
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

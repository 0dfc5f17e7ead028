#include "record/score_file.h"

#include <limits>

#include "core/file.h"
#include "core/hash.h"
#include "core/schema_version.h"
#include "core/seal.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

const std::string convolution_cell = "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_1x1~2|";

Evaluation good() {
  Evaluation evaluation;
  evaluation.scores = {{"wrcor", Score{Status::ok, "", 911.0306, 911.0306}}};
  evaluation.costs = {802426, 113951360};
  return evaluation;
}

Evaluation degenerate() {
  Evaluation evaluation = good();
  evaluation.status = Status::degenerate;
  evaluation.reason = "disconnected";
  evaluation.scores = {{"wrcor", Score{Status::degenerate, "disconnected", std::nullopt, 11.0341}}};
  return evaluation;
}

Evaluation failed(const std::string& reason) {
  Evaluation evaluation = degenerate();
  evaluation.status = Status::failed;
  evaluation.reason = reason;
  return evaluation;
}

std::string rejection(const std::filesystem::path& path, ScoreLines& form,
                      const std::string& settings,
                      const std::vector<std::string>& proxies = {"wrcor"}) {
  try {
    ScoreFile(path, form, settings, proxies);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a JSON line is that of the contract", "[record][scores]") {
  JsonLineScores plain("");
  CHECK(
      plain.record("|...|", good()) ==
      R"({"arch":"|...|","status":"ok","scores":{"wrcor":911.0306},"params":802426,"flops":113951360})"
      "\n");
  CHECK(plain.record("|...|", degenerate()) ==
        R"({"arch":"|...|","status":"degenerate","reason":"disconnected","scores":{"wrcor":null},)"
        R"("raw":{"wrcor":11.0341},"params":802426,"flops":113951360})"
        "\n");
}

TEST_CASE("numbers that are not finite never reach JSON", "[record][scores]") {
  Evaluation evaluation = degenerate();
  for (const auto& [value, text] :
       {std::pair{std::numeric_limits<double>::infinity(), "\"inf\""},
        std::pair{-std::numeric_limits<double>::infinity(), "\"-inf\""},
        std::pair{std::numeric_limits<double>::quiet_NaN(), "\"nan\""}}) {
    evaluation.scores[0].second.raw = value;
    CHECK(JsonLineScores("")
              .record(convolution_cell, evaluation)
              .find(std::string("\"raw\":{\"wrcor\":") + text) != std::string::npos);
  }
}

TEST_CASE("CSV has a column for each proxy, empty where there is no score", "[record][scores]") {
  CsvScores csv({"wrcor"}, "");
  CHECK(csv.begin() == "arch,status,reason,wrcor,params,flops\n");
  CHECK(csv.record(convolution_cell, good()) ==
        convolution_cell + ",ok,,911.0306,802426,113951360\n");
  CHECK(csv.record(convolution_cell, degenerate()) ==
        convolution_cell + ",degenerate,disconnected,,802426,113951360\n");
}

TEST_CASE("a record of a file has a check over all that it says", "[record][scores]") {
  const std::string line =
      R"({"arch":"|...|","status":"ok","scores":{"wrcor":911.0306},"params":802426,)"
      R"("flops":113951360,"settings":"abc","schema_version":4)";
  CHECK(JsonLineScores("abc").record("|...|", good()) ==
        line + R"(,"check":")" + sha256_hex(line + "}").substr(0, 16) + "\"}\n");
  CsvScores csv({"wrcor"}, "abc");
  CHECK(csv.begin() == "arch,status,reason,wrcor,params,flops,settings,check\n");
  const std::string row = convolution_cell + ",ok,,911.0306,802426,113951360,abc";
  CHECK(csv.record(convolution_cell, good()) ==
        row + "," + sha256_hex(row + "\n").substr(0, 16) + "\n");
}

TEST_CASE("a score that was edited, or is of another run, is refused with its line",
          "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc"), other_lines("xyz");
  CsvScores csv({"wrcor"}, "abc"), other_csv({"wrcor"}, "xyz");
  const std::vector<std::pair<ScoreLines*, ScoreLines*>> forms{{&lines, &other_lines},
                                                               {&csv, &other_csv}};
  for (const auto& [form, other] : forms) {
    const std::string first = form->begin() + form->record("|one|", good());
    const std::string number = form == &csv ? "3" : "2";
    const auto refused = [&](std::string line) {
      folder.write("scores", first + line);
      CHECK_THROWS_AS(ScoreFile(path, *form, "abc", {"wrcor"}), DataError);
      return rejection(path, *form, "abc");
    };
    std::string edited = form->record("|two|", good());
    edited.replace(edited.find("911.0306"), 8, "912.0306");
    CHECK_THAT(refused(edited), ContainsSubstring("scores:" + number + ": ") &&
                                    ContainsSubstring("its check does not fit"));
    CHECK_THAT(refused(other->record("|two|", good())),
               ContainsSubstring("scores:" + number + ": ") &&
                   ContainsSubstring("other settings (xyz, now abc), after valid scores"));
    // The parts of a file may be reordered.
    folder.write("scores", first + form->record("|two|", good()) + form->record("|three|", good()));
    CHECK(rejection(path, *form, "abc") == "accepted");
  }
}

TEST_CASE("a score file is continued after its whole lines", "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc");
  CsvScores csv({"wrcor"}, "abc");
  for (ScoreLines* form : std::vector<ScoreLines*>{&lines, &csv}) {
    std::filesystem::remove(path);
    { ScoreFile(path, *form, "abc", {"wrcor"}).append(convolution_cell, good()); }
    const std::string first = read_file(path);
    folder.write("scores", first + form->record("|other|", good()).substr(0, 9));
    {
      ScoreFile file(path, *form, "abc", {"wrcor"});
      CHECK(file.holds(convolution_cell));
      CHECK_FALSE(file.holds("|other|"));
      file.append("|third|", degenerate());
      CHECK(file.holds("|third|"));
    }
    CHECK(read_file(path) == first + form->record("|third|", degenerate()));
  }
}

TEST_CASE("a score file whose only line did not reach the disk is begun again",
          "[record][scores]") {
  const test::TemporaryFolder folder;
  JsonLineScores lines("abc");
  CsvScores csv({"wrcor"}, "abc");
  for (ScoreLines* form : std::vector<ScoreLines*>{&lines, &csv}) {
    for (const std::size_t kept : {0, 5}) {
      const auto path =
          folder.write("scores", form->opening().substr(0, kept) + std::string(90, '\0'));
      CHECK(rejection(path, *form, "abc") == "accepted");
      CHECK(read_file(path) == form->begin());
    }
  }
}

TEST_CASE("damage in a score file is refused", "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc");
  CsvScores csv({"wrcor"}, "abc");
  for (ScoreLines* form : std::vector<ScoreLines*>{&lines, &csv}) {
    const std::string one = form->record("|one|", good()), two = form->record("|two|", good());
    // A line feed that became another letter; another score of one architecture.
    folder.write("scores", form->begin() + one.substr(0, one.size() - 1) + "\v" + two);
    CHECK_THAT(rejection(path, *form, "abc"), ContainsSubstring("expected a score"));
    folder.write("scores", form->begin() + one + two + form->record("|one|", degenerate()));
    CHECK_THAT(rejection(path, *form, "abc"), ContainsSubstring("differs from the first"));
  }
}

TEST_CASE("a score file belongs to one process at a time, by whatever name", "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc");
  {
    ScoreFile file(path, lines, "abc", {"wrcor"});
    std::filesystem::create_symlink(path, folder.path() / "other name");
    CHECK_THAT(rejection(path, lines, "abc"), ContainsSubstring("is being written by"));
    CHECK_THAT(rejection(folder.path() / "other name", lines, "abc"),
               ContainsSubstring("is being written by"));
  }
  CHECK(rejection(path, lines, "abc") == "accepted");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "scores.lock"));
}

TEST_CASE("scores of other settings, and other files, are refused", "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc"), others("xyz");
  { ScoreFile(path, lines, "abc", {"wrcor"}).append(convolution_cell, good()); }
  CHECK_THAT(rejection(path, others, "xyz"),
             ContainsSubstring("scores:1: ") && ContainsSubstring("other settings (abc, now xyz)"));
  CsvScores csv({"wrcor"}, "abc");
  CHECK_THAT(rejection(path, csv, "abc"), ContainsSubstring("expected the header"));
  folder.write("scores", "a letter\n");
  CHECK_THAT(rejection(path, lines, "abc"), ContainsSubstring("expected a score"));
  for (const std::string letter : {"a letter", "a letter\nof two lines"}) {
    folder.write("scores", letter);
    CHECK_THAT(rejection(path, lines, "abc"), ContainsSubstring("expected a score"));
    CHECK(read_file(path) == letter);
  }
  CHECK(rejection("/dev/null", lines, "abc") == "accepted");
}

TEST_CASE("a score file holds scores of one list of proxies", "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc");
  { ScoreFile(path, lines, "abc", {"wrcor"}).append(convolution_cell, good()); }
  const std::string before = read_file(path);
  CHECK_THAT(rejection(path, lines, "abc", {"acor", "wrcor"}),
             ContainsSubstring("scores:1: the file has scores of wrcor, asked for acor, "
                               "wrcor; choose another --out"));
  CHECK_THAT(rejection(path, lines, "abc", {"acor"}),
             ContainsSubstring("has scores of wrcor, asked for acor"));
  CHECK(read_file(path) == before);
}

TEST_CASE("what failed is not kept in a score file, and tried again where it was",
          "[record][scores]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "scores";
  JsonLineScores lines("abc");
  CsvScores csv({"wrcor"}, "abc");
  for (ScoreLines* form : std::vector<ScoreLines*>{&lines, &csv}) {
    std::filesystem::remove(path);
    {
      ScoreFile file(path, *form, "abc", {"wrcor"});
      file.append(convolution_cell, failed("out_of_memory"));
      CHECK_FALSE(file.holds(convolution_cell));
    }
    CHECK(read_file(path) == form->begin());
    // As an older version wrote it, with a reason that CSV must quote.
    const std::string older =
        form->begin() + form->record(convolution_cell, failed("expected \"a\", found b"));
    folder.write("scores", older);
    {
      ScoreFile file(path, *form, "abc", {"wrcor"});
      CHECK_FALSE(file.holds(convolution_cell));
      file.append(convolution_cell, good());
    }
    CHECK(read_file(path) == older + form->record(convolution_cell, good()));
    CHECK(ScoreFile(path, *form, "abc", {"wrcor"}).holds(convolution_cell));
  }
}

TEST_CASE("a score that CSV has to quote is read back", "[record][scores]") {
  CsvScores csv({"wrcor"}, "abc");
  Evaluation evaluation = degenerate();
  evaluation.reason = "one, \"two\", three";
  std::string line = csv.record(convolution_cell, evaluation);
  line.pop_back();
  const auto key = csv.read(line, "scores.csv:2");
  REQUIRE(key);
  CHECK(key->arch == convolution_cell);
  CHECK(key->settings == "abc");
  CHECK_FALSE(key->failed);
  CHECK_FALSE(csv.read(line + ",abc", "scores.csv:2"));
  CHECK_FALSE(csv.read("", "scores.csv:2"));
}

TEST_CASE("a score file of a newer program is refused", "[record][scores]") {
  const test::TemporaryFolder folder;
  JsonLineScores lines("abc");
  auto newer = nlohmann::ordered_json::parse(lines.record(convolution_cell, good()));
  newer["schema_version"] = schema_version::score + 1;
  const auto path = folder.write("scores", sealed(std::move(newer)).dump() + "\n");
  CHECK_THROWS_AS(ScoreFile(path, lines, "abc", {"wrcor"}), DataError);
  CHECK_THAT(rejection(path, lines, "abc"),
             ContainsSubstring("scores:1: schema_version: expected 1 to 4, got '5'"));
}

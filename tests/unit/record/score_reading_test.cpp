#include "record/score_reading.h"

#include "score/comparison.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const std::string a = "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_1x1~2|";
const std::string b = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|";

std::string line(const std::string& arch, const std::string& scores,
                 const std::string& settings = "abc") {
  return R"({"arch":")" + arch + R"(","status":"ok","scores":{)" + scores +
         R"(},"params":1,"flops":2,"settings":")" + settings + "\"}\n";
}

/// A score table of files with these contents.
class Files {
 public:
  const ScoreTable& add(const std::string& name, const std::string& text) {
    read_scores(folder_.write(name, text), table_);
    return table_;
  }
  std::string problem(const std::string& name, const std::string& text) {
    try {
      add(name, text);
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted";
  }
  ScoreTable& table() { return table_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
  NasBench201 space_;
  ScoreTable table_{space_};
};

}  // namespace

TEST_CASE("values that no double holds are ordered by their logarithms", "[record][table]") {
  const std::string other = "|skip_connect~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";
  const auto record = [](const std::string& arch, const std::string& score, const char* log10) {
    return R"({"arch":")" + arch + R"(","status":"ok","scores":{"synflow":)" + score +
           R"(},"log10":{"synflow":)" + log10 +
           R"(},"params":1,"flops":1})"
           "\n";
  };
  Files files;
  files.add("scores.jsonl", record(a, "1e200", "200") + record(b, "null", "310.5"));
  const ScoreTable& table = files.add("scores.csv", "arch,status,reason,synflow,params,flops\n" +
                                                        other + ",ok,,3.162278e400,1,1\n");
  CHECK(table.order(a, "synflow") == 200);
  CHECK(table.order(b, "synflow") == 310.5);
  CHECK(table.order(other, "synflow").value() == Approx(400.5));
  CHECK(table.find(a, "synflow")->value == 1e200);
  CHECK_FALSE(table.order(a, "wrcor"));
  // The same logarithm agrees, with the digits of CSV; another one does not.
  files.add("rounded.csv",
            "arch,status,reason,synflow,params,flops\n" + b + ",ok,,3.162278e310,1,1\n");
  CHECK_THROWS_AS(files.add("changed.jsonl", record(b, "null", "310.6")), DataError);
  const Scorer scorer = proxy_scorer(table, "synflow", {a, b, other});
  CHECK(scorer.values[0] < scorer.values[1]);
  CHECK(scorer.values[1] < scorer.values[2]);
}

TEST_CASE("scores of several files are joined by architecture", "[record][scores]") {
  Files files;
  files.add("1.jsonl", line(a, R"("wrcor":1.5)") + line(b, R"("wrcor":null)"));
  files.add("2.csv", "arch,status,reason,acor,params,params,flops\n" + b + ",ok,,2,7,1,2\n");
  const ScoreTable& table = files.add(
      "3.jsonl", line(" " + a, R"("wrcor":1.5,"gcor":3)") + "\n" + line(a, R"("gcor":3)"));
  CHECK(table.names() == std::vector<std::string>{"wrcor", "acor", "params", "gcor"});
  CHECK(table.archs() == std::vector<std::string>{a, b});
  CHECK(table.find(a, "wrcor")->value == 1.5);
  REQUIRE(table.find(b, "wrcor"));
  CHECK_FALSE(table.find(b, "wrcor")->value);
  CHECK(table.find(a, "acor") == nullptr);
  CHECK(table.find(b, "acor")->value == 2);
  CHECK(table.find(b, "params")->value == 7);
  CHECK(table.find(a, "gcor")->value == 3);
  CHECK(table.settings("wrcor") == std::set<std::string>{"abc"});
  CHECK(table.settings("acor").empty());
}

TEST_CASE("what failed says nothing about an architecture", "[record][scores]") {
  Files files;
  std::string failed = line(a, R"("wrcor":null)");
  failed.replace(failed.find(R"("ok")"), 4, R"("failed")");
  files.add("1.jsonl", failed + line(b, R"("wrcor":1)"));
  files.add("2.csv",
            "arch,status,reason,wrcor,params,flops\n" + b + ",failed,\"out, of memory\",,1,2\n");
  CHECK(files.table().failed() == 2);
  CHECK(files.table().archs() == std::vector<std::string>{b});
  // The same architecture, evaluated later.
  CHECK(files.add("3.jsonl", line(a, R"("wrcor":2)")).find(a, "wrcor")->value == 2);
}

TEST_CASE("the ranking of a search is a score file, too", "[record][scores]") {
  Files files;
  const std::string result = R"({
  "schema_version": 1,
  "ranking": [
    {"rank": 1, "arch": ")" + a +
                             R"(", "status": "ok", "scores": {"wrcor": 5, "acor": 6}},
    {"rank": 2, "arch": ")" + b +
                             R"(", "status": "degenerate", "scores": {"wrcor": null, "acor": null}}
  ]
})";
  const ScoreTable& table = files.add("run/result.json", result);
  CHECK(table.find(a, "acor")->value == 6);
  Files others;
  others.add("x.jsonl", line(a, R"("wrcor":5)"));
  read_scores(files.folder() / "run", others.table());
  CHECK(others.table().archs().size() == 2);
  CHECK_THROWS_WITH(read_scores(others.folder(), others.table()),
                    ContainsSubstring("holds no result.json"));
}

TEST_CASE("two different scores of one name name both places", "[record][scores]") {
  Files files;
  files.add("1.jsonl", line(b, R"("wrcor":1)") + line(a, R"("wrcor":1)"));
  const std::string problem = files.problem("2.jsonl", line(a, R"("wrcor":2)"));
  CHECK_THAT(problem, ContainsSubstring("1.jsonl:2 and ") &&
                          ContainsSubstring("2.jsonl:1: two different scores "
                                            "'wrcor' of " +
                                            a));
  Files undefined;
  undefined.add("1.jsonl", line(a, R"("wrcor":null)"));
  CHECK_THAT(undefined.problem("2.jsonl", line(a, R"("wrcor":2)")),
             ContainsSubstring("two different"));
}

TEST_CASE("an incomplete last line is left out", "[record][scores]") {
  Files files;
  files.add("1.jsonl", line(a, R"("wrcor":1)") + line(b, R"("wrcor":1)").substr(0, 40));
  files.add("2.csv", "arch,status,reason,acor,params,flops\n" + a + ",ok,,2,1,2\n" + b + ",ok,,3");
  CHECK(files.table().archs() == std::vector<std::string>{a});
  const std::string whole = line(b, R"("wrcor":1)");
  CHECK(files.add("3.jsonl", whole.substr(0, whole.size() - 1)).archs().size() == 2);
}

TEST_CASE("what is no score file is refused with the place", "[record][scores]") {
  Files files;
  const auto problem = [&](const std::string& text) { return files.problem("f", text); };
  CHECK_THAT(problem(""), ContainsSubstring("expected scores"));
  CHECK_THAT(problem("a letter\n"), ContainsSubstring("expected scores"));
  CHECK_THAT(problem("{\"ranking\": 1,\n\"x\":2}"), ContainsSubstring("expected scores"));
  CHECK_THAT(problem(line(a, "") + "x\n" + line(b, "")), ContainsSubstring("f:2: expected {"));
  CHECK_THAT(problem(R"({"arch":"x","scores":{"wrcor":"7"}})"),
             ContainsSubstring("f:1: expected {"));
  CHECK_THAT(problem(line("|nope~0|", "")), ContainsSubstring("f:1: "));
  CHECK_THAT(problem("arch,acc\n" + a + ",5\n"),
             ContainsSubstring("f:1: expected the columns arch, status"));
  CHECK_THAT(problem("arch,status,reason,acor,params,flops\n" + a + ",ok,,x,1,2\n"),
             ContainsSubstring("f:2:" + std::to_string(a.size() + 6) + ": column 'acor'"));
}

TEST_CASE("scores that JSON or doubles cannot hold are refused", "[record][scores]") {
  Files files;
  const auto problem = [&](const std::string& scores) {
    return files.problem("f", line(a, R"("acor":1)") + line(b, scores) + line(a, R"("acor":1)"));
  };
  CHECK_THAT(problem(R"("x":1e400)"), ContainsSubstring("f:2: expected {") &&
                                          ContainsSubstring("found a number that is too large"));
  CHECK_THAT(problem(R"("x":NaN)"),
             ContainsSubstring("f:2: expected {") && ContainsSubstring("found no JSON from byte"));
  CHECK_THAT(problem(R"("x":-Infinity)"), ContainsSubstring("f:2: expected {"));
  CHECK_THAT(problem(R"("x":1,"x":2)"), ContainsSubstring("found the key 'x' twice in one object"));
  CHECK_THAT(problem(R"("x":)" + std::string(10'000, '[') + std::string(10'000, ']')),
             ContainsSubstring("found nested deeper than 64 levels"));
  const std::string csv = "arch,status,reason,acor,params,flops\n" + b + ",ok,,";
  for (const char* number : {"-1e400", "1e99999999999", "nan", "inf", "-Infinity", "0x10", "1,5"}) {
    CAPTURE(number);
    CHECK_THAT(files.problem("f.csv", csv + number + ",1,2\n"), ContainsSubstring("f.csv:2:"));
  }
}

TEST_CASE("files that are no text are no score files", "[record][scores]") {
  Files files;
  CHECK_THAT(files.problem("utf16", std::string("\xff\xfe{\0\"\0", 6)),
             ContainsSubstring("NUL bytes"));
  CHECK_THAT(files.problem("latin1", line(a, "\"m\xfcller\":1")), ContainsSubstring("not UTF-8"));
  files.add("bom", "\xef\xbb\xbf" + line(a, R"("acor":1)") + "\r\n");
  CHECK(files.table().archs().size() == 1);
}

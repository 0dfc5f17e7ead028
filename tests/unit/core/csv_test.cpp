#include "core/csv.h"

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using Catch::Matchers::Equals;

namespace {

std::vector<std::vector<std::string>> records(const std::string& text) {
  CsvReader csv(text, "t.csv");
  std::vector<std::vector<std::string>> all{csv.header()};
  while (csv.next()) {
    auto& fields = all.emplace_back();
    for (std::size_t k = 0; k < csv.header().size(); ++k) fields.push_back(csv.field(k));
  }
  return all;
}

std::string problem(const std::string& text) {
  try {
    records(text);
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

using Records = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("CSV is read as RFC 4180 has it", "[core][csv]") {
  CHECK(records("a,b\n1,2\n") == Records{{"a", "b"}, {"1", "2"}});
  CHECK(records("a,b\r\n1,\r\n,2") == Records{{"a", "b"}, {"1", ""}, {"", "2"}});
  CHECK(records("\xEF\xBB\xBF\"a\",b\n\n\"x, \"\"y\"\"\nz\",2\n\r\n") ==
        Records{{"a", "b"}, {"x, \"y\"\nz", "2"}});
  CHECK(records("a\n\"\"\n") == Records{{"a"}, {""}});
  CHECK(records("a,b") == Records{{"a", "b"}});
  CHECK(records("a\rb,c\n") == Records{{"a\rb", "c"}});
}

TEST_CASE("CSV errors name file, line and byte", "[core][csv]") {
  CHECK_THAT(problem(""), Equals("t.csv: expected a header line with the names of the columns, "
                                 "found nothing"));
  CHECK_THAT(problem("a,b\n1,2\n3\n"),
             Equals("t.csv:3:1: expected 2 fields as in the header, found 1"));
  CHECK_THAT(problem("a\n\n1,2\n"),
             Equals("t.csv:3:3: expected 1 field as in the header, found 2"));
  CHECK_THAT(problem("a,b\n\"x\ny\",\"z\n"),
             Equals("t.csv:3:4: the quote that opens here is never closed"));
  CHECK_THAT(problem("a,b\n\"x\"y,z\n"),
             Equals("t.csv:2:4: expected a comma or the end of the line after a closing quote"));
  CHECK_THAT(problem("a,b\nx\"y,z\n"), StartsWith("t.csv:2:2: a quote inside a field"));
  CHECK_THAT(problem("a\n\"" + std::string(70000, 'x')),
             Equals("t.csv:2:1: a field of more than 65536 bytes; its quotes may not be closed"));
  CHECK_THAT(problem("a\n" + std::string(70000, 'x')),
             Equals("t.csv:2:1: a field of more than 65536 bytes"));
  CHECK_THAT(problem(std::string(5000, ',')), EndsWith("more than 4096 columns"));
}

TEST_CASE("CSV numbers are finite or missing", "[core][csv]") {
  CsvReader csv("x,y\n-1.5e2, 7 \n,nan\n1e999,0x10\n", "t.csv");
  REQUIRE(csv.next());
  CHECK(csv.number(0) == -150);
  CHECK(csv.number(1) == 7);
  CHECK(csv.place(1) == "t.csv:2:8");
  REQUIRE(csv.next());
  CHECK_FALSE(csv.number(0));
  CHECK_THROWS_WITH(csv.number(1),
                    "t.csv:3:2: column 'y': expected a finite number, or nothing where it is "
                    "missing, got 'nan'");
  REQUIRE(csv.next());
  CHECK_THROWS_AS(csv.number(0), DataError);
  CHECK_THROWS_AS(csv.number(1), DataError);
  CHECK_FALSE(csv.next());
}

TEST_CASE("a CSV column that is not there is a mistake in the asking", "[core][csv]") {
  const CsvReader csv("arch,accuracy\n", "t.csv");
  CHECK(csv.column("accuracy") == 1);
  CHECK_THROWS_AS(csv.column("acuracy"), UsageError);
  CHECK_THROWS_WITH(csv.column("acuracy"),
                    "t.csv: unknown column 'acuracy' (did you mean 'accuracy'?); known columns: "
                    "arch, accuracy");
  CHECK_THROWS_WITH(CsvReader("a,b,a\n", "t.csv").column("a"),
                    "t.csv: two columns are called 'a'; rename one");
}

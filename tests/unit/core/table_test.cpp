#include "core/table.h"

#include "support/catch.h"

using wrcor::csv_line;
using wrcor::format_table;
using wrcor::markdown_table;

TEST_CASE("columns of numbers are aligned to the right, others to the left", "[core]") {
  CHECK(format_table({"arch", "score"}, {{"a", "9.5"}, {"long", "-110.25"}}) ==
        "arch    score\n"
        "a         9.5\n"
        "long  -110.25\n");
}

TEST_CASE("an empty cell does not make a column of numbers one of text", "[core]") {
  CHECK(format_table({"n"}, {{"10"}, {""}, {"5"}}) == " n\n10\n\n 5\n");
}

TEST_CASE("a table without a header has rows only, indented as asked", "[core]") {
  CHECK(format_table({}, {{"x", "first"}, {"name", "second"}}, 2) ==
        "  x     first\n"
        "  name  second\n");
}

TEST_CASE("letters beyond ASCII count as one column each", "[core]") {
  CHECK(format_table({}, {{"ä", "x"}, {"bb", "y"}}) == "ä   x\nbb  y\n");
}

TEST_CASE("a short row leaves its last columns empty", "[core]") {
  CHECK(format_table({"a", "b"}, {{"1"}, {"2", "x"}}) == "a  b\n1\n2  x\n");
}

TEST_CASE("a table of nothing is empty", "[core]") { CHECK(format_table({}, {}).empty()); }

TEST_CASE("fields with commas, quotes and line breaks are quoted", "[core]") {
  CHECK(csv_line({"|none~0|", "1.5", ""}) == "|none~0|,1.5,\n");
  CHECK(csv_line({"a,b", "say \"x\"", "two\nlines"}) ==
        "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
}

TEST_CASE("in Markdown, columns of numbers are aligned to the right, bars are escaped", "[core]") {
  CHECK(markdown_table({"arch", "score"}, {{"|none~0|", "9.5"}, {"x", ""}}) ==
        "| arch | score |\n|---|---:|\n| \\|none~0\\| | 9.5 |\n| x |  |\n");
}

#include "core/utf8.h"

#include <algorithm>
#include <vector>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

TEST_CASE("well-formed UTF-8 is told from other bytes", "[core][utf8]") {
  for (const char* good :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "z\xc3\xbcrich"}) {
    CAPTURE(good);
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf",
                          "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xfe", "\xff", "a\xff", "\xc3(", "\xf0\x9f\x98"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("what a terminal would obey is escaped", "[core][utf8]") {
  CHECK(printable("plain text, z\xc3\xbcrich, \xf0\x9f\x98\x80") ==
        "plain text, z\xc3\xbcrich, \xf0\x9f\x98\x80");
  CHECK(printable("\x1b[31mred\x1b[0m\a") == "\\u001b[31mred\\u001b[0m\\u0007");
  CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(printable(std::string_view("\0", 1)) == "\\u0000");
  CHECK(printable("\x7f") == "\\u007f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\u009b2J");  // a control sequence in one character
  CHECK(printable("\xe2\x80\xaegpj.exe") == "\\u202egpj.exe");  // from right to left
  CHECK(printable("\xe2\x80\xa8") == "\\u2028");
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
}

TEST_CASE("a long text loses its middle, never a part of a character", "[core][utf8]") {
  CHECK(shortened("short", 10) == "short");
  CHECK(shortened("0123456789", 9) == "0123...89");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xc3\xbc";
  for (std::size_t longest = 10; longest < 40; ++longest) {
    const std::string shown = shortened(umlauts, longest);
    CHECK(shown.size() <= longest);
    CHECK(is_utf8(shown));
  }
}

TEST_CASE("the message of an error is one printable line whatever it quotes", "[core][error]") {
  const DataError error("cannot read 'a\nb\x1b[2J\xff'");
  CHECK(std::string(error.what()) == "cannot read 'a\\nb\\u001b[2J\\xff'");
  const UsageError longer("unknown key '" + std::string(100'000, 'x') + "'; known keys: a, b");
  CHECK(std::string(longer.what()).size() <= Error::longest_line);
  CHECK(std::string(longer.what()).ends_with("'; known keys: a, b"));
}

TEST_CASE("several problems are lines, not too many", "[core][error]") {
  const std::vector<std::string> two{"first\nproblem", "second"};
  CHECK(std::string(UsageError(two).what()) == "first\\nproblem\nsecond");
  const std::vector<std::string> many(1000, "problem");
  const std::string shown = UsageError(many).what();
  CHECK(std::count(shown.begin(), shown.end(), '\n') == 19);
  CHECK(shown.ends_with("\nand 981 more problems"));
}

TEST_CASE("quoted texts are cut between characters", "[core][suggest]") {
  CHECK(in_quotes("it's") == "'it's'");
  CHECK(in_quotes(std::string(79, 'a') + "\xc3\xbc") == "'" + std::string(79, 'a') + "...'");
  CHECK(in_quotes(std::string(100, '\xff')).size() == 4 * 80 + 5);
}

}  // namespace
}  // namespace wrcor

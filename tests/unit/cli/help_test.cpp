#include "cli/help.h"

#include <sstream>

#include "support/catch.h"

using namespace wrcor::cli;

namespace {

std::string help_in(std::optional<int> columns) {
  CLI::App app("a summary", "program");
  app.formatter(std::make_shared<HelpFormatter>(columns));
  std::string value;
  app.add_option(
      "--option", value,
      "a description of many words that is longer than a line of a terminal has room for"
      "\n(default none; https://example.org/a/word/longer/than/the/column/itself/can/be)");
  return app.help();
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("help is wrapped at words for a terminal, in the column of the descriptions", "[cli]") {
  const std::string indent(32, ' ');
  CHECK(longest_line(help_in(std::nullopt)) > 100);
  const std::string narrow = help_in(80);
  CHECK_THAT(narrow, ContainsSubstring("a description of many words that is longer than\n" +
                                       indent + "a line of a terminal has room for\n" + indent +
                                       "(default none;\n" + indent + "https://example.org/"));
  // One word is never cut, and a column stays readable.
  CHECK(help_in(10) == help_in(72));
}

#include "wrcor/core/text_file.h"

#include <sstream>

#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"

namespace wrcor {
namespace {

TEST_CASE("a text file is read without its byte order mark", "[core][text]") {
  const test::TemporaryFolder folder;
  CHECK(read_text_file(folder.write("a",
                                    "\xef\xbb\xbf"
                                    "a\r\nz\xc3\xbcrich"),
                       100) == "a\r\nz\xc3\xbcrich");
  CHECK(read_text_file(folder.write("empty", ""), 0).empty());
  CHECK(read_text_file(folder.write("full", "12345"), 5) == "12345");
}

TEST_CASE("what is no text file is refused", "[core][text]") {
  const test::TemporaryFolder folder;
  const auto problem = [&](const std::filesystem::path& path) {
    return test::message_of<DataError>([&] { read_text_file(path, 1 << 20); });
  };
  CHECK_THAT(problem(folder.write("a",
                                  "\xff\xfe"
                                  "a\0b")),
             ContainsSubstring("no UTF-8"));
  CHECK_THAT(problem(folder.write("b", std::string("a\0b", 3))), ContainsSubstring("NUL bytes"));
  CHECK_THAT(problem(folder.write("c", std::string((1 << 20) + 1, 'x'))),
             ContainsSubstring("c: found more than 1 MiB, expected a text file"));
  CHECK_THAT(problem(folder.path()), ContainsSubstring("Is a directory"));
  CHECK_THAT(problem(folder.path() / "missing"), ContainsSubstring("No such file"));
  CHECK_THAT(problem("/dev/zero"), ContainsSubstring("NUL bytes"));
}

TEST_CASE("a file without an end is not read to it", "[core][file]") {
  CHECK_THAT(test::message_of<DataError>([] { read_file("/dev/zero", 1 << 20); }),
             ContainsSubstring("larger than 1048576 bytes"));
  CHECK(read_file("/dev/null").empty());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  LineReader reader(stream, "list");
  std::vector<std::string> lines;
  while (reader.next()) lines.push_back(reader.line());
  return lines;
}

TEST_CASE("lines come one at a time", "[core][text]") {
  using Lines = std::vector<std::string>;
  CHECK(lines_of("").empty());
  CHECK(lines_of("a") == Lines{"a"});
  CHECK(lines_of("a\n") == Lines{"a"});
  CHECK(lines_of("\xef\xbb\xbf"
                 "a\r\n\nb") == Lines{"a\r", "", "b"});
  const std::string longest(LineReader::longest_line, 'x');
  CHECK(lines_of(longest + "\n" + longest) == Lines{longest, longest});
}

TEST_CASE("a line that no text has is refused with its place", "[core][text]") {
  const auto problem = [](const std::string& text) {
    return test::message_of<DataError>([&] { lines_of(text); });
  };
  const std::string too_long(LineReader::longest_line + 1, 'x');
  CHECK_THAT(problem("a\n" + too_long + "\nb"), ContainsSubstring("list:2: found a line of more"));
  CHECK_THAT(problem(too_long), ContainsSubstring("list:1: found a line of more"));
  CHECK_THAT(problem(std::string("a\0b", 3)), ContainsSubstring("list:1: found NUL bytes"));
}

}  // namespace
}  // namespace wrcor

#include "core/text_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sstream>

#include "core/file.h"
#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "wrcor/core/error.h"

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
             ContainsSubstring("not UTF-8"));
  CHECK_THAT(problem(folder.write("b", std::string("a\0b", 3))), ContainsSubstring("NUL bytes"));
  CHECK_THAT(problem(folder.write("c", std::string((1 << 20) + 1, 'x'))),
             ContainsSubstring("c: found more than 1 MiB, expected a text file"));
  CHECK_THAT(problem(folder.path()), ContainsSubstring("Is a directory"));
  CHECK_THAT(problem(folder.path() / "missing"), ContainsSubstring("No such file"));
}

/// A socket without a listener.
void make_socket(const std::filesystem::path& path) {
  const Descriptor opened(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(opened.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
}

TEST_CASE("what is no file is refused without being waited for", "[core][file]") {
  const test::TemporaryFolder folder;
  const std::filesystem::path pipe = folder.path() / "pipe", socket = folder.path() / "socket";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  make_socket(socket);
  const auto problem = [](const std::filesystem::path& path) {
    const auto message = test::message_of<DataError>([&] { read_file(path); });
    CHECK(test::message_of<DataError>([&] { read_text_file(path, 1 << 20); }) == message);
    CHECK(test::message_of<DataError>([&] { open_to_read(path); }) == message);
    return message;
  };
  CHECK(problem(pipe) == "cannot read '" + pipe.string() + "': a named pipe, not a file");
  CHECK(problem(socket) == "cannot read '" + socket.string() + "': a socket, not a file");
  CHECK(problem("/dev/zero") == "cannot read '/dev/zero': a device, not a file");
  CHECK(problem("/") == "cannot read '/': Is a directory, not a file");
  CHECK(test::message_of<DataError>([&] { AppendOnlyFile{pipe}; }) ==
        "cannot write '" + pipe.string() + "': a named pipe, not a file");
}

TEST_CASE("a stream that was handed over is as good as a file", "[core][file]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Descriptor reader(ends[0]);
  {
    const Descriptor writer(ends[1]);
    REQUIRE(::write(writer.number(), "some\n", 5) == 5);
  }
  CHECK(read_file("/dev/fd/" + std::to_string(reader.number())) == "some\n");
  CHECK(read_file("/dev/null").empty());
}

TEST_CASE("a file that is too large is not read", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto file = folder.write("large", "");
  std::filesystem::resize_file(file, std::uint64_t{1} << 40);
  CHECK_THAT(test::message_of<DataError>([&] { read_file(file); }),
             EndsWith("it is larger than 1073741824 bytes"));
  CHECK_THAT(test::message_of<DataError>([&] { AppendOnlyFile::lines_of(file); }),
             EndsWith("it is larger than 4294967296 bytes"));
}

TEST_CASE("an error while lines are read is no end", "[core][text]") {
  InputFile folder(Descriptor(::open("/", O_RDONLY | O_CLOEXEC)));
  LineReader reader(folder, "standard input");
  CHECK(test::message_of<DataError>([&] { reader.next(); }) ==
        "cannot read 'standard input' to its end: Is a directory");
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

#include "wrcor/data/download.h"

#include "core/file.h"
#include "support/http_server.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;
using test::cut;
using test::HttpReply;
using test::HttpRequest;
using test::HttpServer;
using test::ranged;
using test::status;
using test::whole;

/// 300 kB without a period.
std::string some_content() {
  std::string text;
  for (int k = 0; text.size() < 300'000; ++k) text += std::to_string(k);
  return text;
}

const std::string whole_content = some_content();
constexpr std::size_t half_of_content = 150'000;

/// A target file of downloads, with pauses and time-outs short enough for tests.
class Target {
 public:
  Target() {
    options.first_pause = std::chrono::milliseconds(1);
    options.stall = std::chrono::seconds(1);
  }

  void run(const std::string& url) const { download(url, file, whole_content.size(), options); }
  std::string refusal(const std::string& url) const {
    return test::message_of<DataError>([&] { run(url); });
  }
  bool is_complete() const { return read_file(file) == whole_content; }

  test::TemporaryFolder folder;
  fs::path file = folder.path() / "file.part";
  DownloadOptions options;
};

TEST_CASE("a download is the server's file", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(whole_content); });
  Target target;
  DownloadState last;
  target.options.progress = [&](const DownloadState& state) {
    CHECK(state.done >= last.done);
    last = state;
  };
  target.run(server.url() + "/file");
  CHECK(target.is_complete());
  CHECK(last.done == whole_content.size());
  CHECK(last.total == whole_content.size());
  CHECK(last.resumed == 0);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].path == "/file");
  CHECK_FALSE(server.requests()[0].range_start);
  // A complete file is not requested again.
  target.run(server.url() + "/file");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a transfer that breaks is gone on with", "[data][download]") {
  const HttpServer server([](const HttpRequest& request, int number) {
    return number == 1 ? cut(whole(whole_content), half_of_content)
                       : ranged(whole_content, request);
  });
  Target target;
  target.run(server.url());
  CHECK(target.is_complete());
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[1].range_start == half_of_content);
}

TEST_CASE("a part that an earlier download left is gone on with", "[data][download]") {
  const HttpServer server(
      [](const HttpRequest& request, int) { return ranged(whole_content, request); });
  Target target;
  target.folder.write("file.part", whole_content.substr(0, half_of_content));
  DownloadState last;
  target.options.progress = [&](const DownloadState& state) { last = state; };
  target.run(server.url());
  CHECK(target.is_complete());
  CHECK(server.requests().at(0).range_start == half_of_content);
  CHECK(last.resumed == half_of_content);
}

TEST_CASE("a part that is too long is begun afresh", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(whole_content); });
  Target target;
  target.folder.write("file.part", whole_content + "more");
  target.run(server.url());
  CHECK(target.is_complete());
}

TEST_CASE("servers that cannot go on are asked for the whole file", "[data][download]") {
  const auto refuse_range = [](const HttpRequest& request, int) {
    return request.range_start ? status("416 Range Not Satisfiable") : whole(whole_content);
  };
  const auto ignore_range = [](const HttpRequest&, int) { return whole(whole_content); };
  const auto other_range = [](const HttpRequest& request, int) {
    return request.range_start ? ranged(whole_content, {"", half_of_content / 2})
                               : whole(whole_content);
  };
  for (const HttpServer::Handler& handler :
       {HttpServer::Handler(refuse_range), HttpServer::Handler(ignore_range),
        HttpServer::Handler(other_range)}) {
    const HttpServer server(handler);
    Target target;
    target.folder.write("file.part", std::string(half_of_content, 'x'));
    target.run(server.url());
    CHECK(target.is_complete());
    CHECK(server.requests().size() == 2);
  }
}

TEST_CASE("an overloaded server is asked again", "[data][download]") {
  for (const char* trouble :
       {"500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"}) {
    const HttpServer server([trouble](const HttpRequest&, int number) {
      return number < 3 ? status(trouble) : whole(whole_content);
    });
    Target target;
    target.run(server.url());
    CHECK(target.is_complete());
    CHECK(server.requests().size() == 3);
  }
}

TEST_CASE("a file that is not there is not asked for again", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) { return status("404 Not Found"); });
  Target target;
  target.folder.write("file.part", whole_content.substr(0, half_of_content));
  CHECK(target.refusal(server.url() + "/x") == server.url() + "/x: the server answered 404");
  CHECK(server.requests().size() == 1);
  CHECK(read_file(target.file) == whole_content.substr(0, half_of_content));
}

TEST_CASE("a transfer without progress counts as broken", "[data][download]") {
  const HttpServer server([](const HttpRequest& request, int number) {
    HttpReply reply = ranged(whole_content, request);
    if (number > 1) return reply;
    reply = cut(reply, half_of_content);
    reply.stall = true;
    return reply;
  });
  Target target;
  target.run(server.url());
  CHECK(target.is_complete());
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[1].range_start == half_of_content);
}

TEST_CASE("what stays broken is given up, and what has arrived is kept", "[data][download]") {
  const HttpServer server(
      [](const HttpRequest&, int) { return cut(whole(whole_content), half_of_content); });
  Target target;
  target.options.attempts = 1;
  CHECK_THAT(target.refusal(server.url()),
             ContainsSubstring("tried 1 times; the received part is kept"));
  CHECK(read_file(target.file) == whole_content.substr(0, half_of_content));

  const HttpServer silent([](const HttpRequest&, int) { return HttpReply{"", "", false}; });
  target.options.attempts = 4;
  CHECK_THAT(target.refusal(silent.url()), ContainsSubstring("tried 4 times"));
  CHECK(silent.requests().size() == 4);
}

TEST_CASE("a short file without a length is one that broke", "[data][download]") {
  const HttpServer server([](const HttpRequest& request, int number) {
    if (number == 1) return HttpReply{"HTTP/1.1 200 OK", whole_content.substr(0, half_of_content)};
    return ranged(whole_content, request);
  });
  Target target;
  target.run(server.url());
  CHECK(target.is_complete());
  CHECK(server.requests().at(1).range_start == half_of_content);
}

TEST_CASE("redirects are followed, but not for ever", "[data][download]") {
  const HttpServer server([](const HttpRequest& request, int) {
    if (request.path == "/file") return whole(whole_content);
    const std::string target = request.path == "/moved" ? "/file" : request.path;
    return status("302 Found", "Location: " + target);
  });
  Target target;
  target.run(server.url() + "/moved");
  CHECK(target.is_complete());
  fs::remove(target.file);
  CHECK_THAT(target.refusal(server.url() + "/round"),
             ContainsSubstring("5") && ContainsSubstring("redirects"));
}

TEST_CASE("a redirect does not lead to the disk", "[data][download]") {
  test::TemporaryFolder folder;
  const fs::path secret = folder.write("secret", whole_content);
  const HttpServer server([&](const HttpRequest&, int) {
    return status("302 Found", "Location: file://" + secret.string());
  });
  const Target target;
  CHECK_THAT(target.refusal(server.url()), ContainsSubstring("rotocol"));
  CHECK(read_file(target.file).empty());
}

TEST_CASE("a file of another size is refused before anything is written", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) { return whole("<html>log in</html>"); });
  Target target;
  target.folder.write("file.part", whole_content.substr(0, half_of_content));
  CHECK_THAT(target.refusal(server.url()), ContainsSubstring("found a file of 19 bytes, expected " +
                                                             std::to_string(whole_content.size())));
  CHECK(read_file(target.file) == whole_content.substr(0, half_of_content));

  const HttpServer longer(
      [](const HttpRequest& request, int) { return ranged(whole_content + "more", request); });
  CHECK_THAT(target.refusal(longer.url()),
             ContainsSubstring("found a file of " + std::to_string(whole_content.size() + 4)));
  const HttpServer empty([](const HttpRequest&, int) { return whole(""); });
  fs::remove(target.file);
  CHECK_THAT(target.refusal(empty.url()), ContainsSubstring("found a file of 0 bytes"));
}

TEST_CASE("a server that sends without end is cut off", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) {
    return HttpReply{"HTTP/1.1 200 OK", whole_content + whole_content, true};
  });
  const Target target;
  CHECK_THAT(target.refusal(server.url()), ContainsSubstring("found more than the expected"));
  CHECK(fs::file_size(target.file) <= whole_content.size());
}

TEST_CASE("a server that cannot be reached is an error at once", "[data][download]") {
  const Target target;
  const std::string url = test::unused_url();
  CHECK_THAT(target.refusal(url + "/file"), ContainsSubstring(url + "/file: "));
}

TEST_CASE("files are downloaded as from a server", "[data][download]") {
  Target target;
  const fs::path source = target.folder.write("source", whole_content);
  target.run("file://" + source.string());
  CHECK(target.is_complete());
  target.folder.write("file.part", whole_content.substr(0, half_of_content));
  target.run("file://" + source.string());
  CHECK(target.is_complete());
  fs::remove(target.file);
  target.folder.write("source", "other");
  CHECK_THAT(target.refusal("file://" + source.string()),
             ContainsSubstring("found a file of 5 bytes"));
  CHECK_THAT(target.refusal("file:///nowhere/file"), ContainsSubstring("/nowhere/file"));
}

TEST_CASE("other protocols are refused", "[data][download]") {
  CHECK_THAT(Target().refusal("ftp://127.0.0.1/file"), ContainsSubstring("rotocol"));
  CHECK_THAT(Target().refusal("no url at all"), ContainsSubstring("no url at all: "));
}

TEST_CASE("a download can be stopped and gone on with", "[data][download]") {
  struct Stop {};
  const HttpServer server([](const HttpRequest& request, int number) {
    HttpReply reply = ranged(whole_content, request);
    if (number > 1) return reply;
    reply = cut(reply, half_of_content);
    reply.stall = true;
    return reply;
  });
  Target target;
  target.options.stall = std::chrono::seconds(60);
  target.options.stop_point = [&] {
    if (fs::file_size(target.file) == half_of_content) throw Stop();
  };
  CHECK_THROWS_AS(target.run(server.url()), Stop);
  target.options.stop_point = {};
  target.run(server.url());
  CHECK(target.is_complete());
  CHECK(server.requests().at(1).range_start == half_of_content);
}

TEST_CASE("a download can be stopped between two transfers", "[data][download]") {
  struct Stop {};
  const HttpServer server([](const HttpRequest&, int) { return status("500 Oh"); });
  Target target;
  target.options.first_pause = std::chrono::hours(1);
  target.options.stop_point = [&] {
    if (!server.requests().empty()) throw Stop();
  };
  CHECK_THROWS_AS(target.run(server.url()), Stop);
}

TEST_CASE("a file that cannot be written is a run error", "[data][download]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(whole_content); });
  const auto to = [&](const fs::path& file) {
    return test::message_of<RunError>(
        [&] { download(server.url(), file, whole_content.size(), DownloadOptions()); });
  };
  test::TemporaryFolder folder;
  CHECK_THAT(to(folder.path()), ContainsSubstring("cannot write"));
  CHECK_THAT(to(folder.write("file", "") / "part"), ContainsSubstring("Not a directory"));
  CHECK_THAT(to("/dev/null"), ContainsSubstring("it is not a file of its own; move it"));
}

}  // namespace
}  // namespace wrcor

#include "data/fetch.h"

#include <atomic>
#include <future>

#include "core/file.h"
#include "core/file_lock.h"
#include "core/hash.h"
#include "data/binary_records.h"
#include "support/http_server.h"
#include "support/tar.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;
using test::cut;
using test::HttpReply;
using test::HttpRequest;
using test::HttpServer;
using test::ranged;
using test::tar_gz;
using test::TarEntry;
using test::whole;

const std::vector<TarEntry> entries{{"set", "", TarEntry::Type::folder},
                                    {"set/train.bin", std::string(5000, 't')},
                                    {"set/readme.html", "hello"}};

DataSource source_of(const std::string& archive, const std::string& base) {
  return {.title = "The Set",
          .base = base,
          .archive = "set.tar.gz",
          .bytes = archive.size(),
          .sha256 = sha256_hex(archive),
          .folder = "set",
          .members = {{"set/train.bin", 5000}}};
}

class Cache {
 public:
  Cache() { options.download.first_pause = std::chrono::milliseconds(1); }

  fs::path run(const DataSource& source) const { return fetch(source, path, options); }
  std::string refusal(const DataSource& source) const {
    return test::message_of<DataError>([&] { run(source); });
  }
  bool has_data() const { return read_file(path / "set" / "train.bin") == std::string(5000, 't'); }
  /// All names except the lock.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    if (!fs::exists(path)) return found;
    for (const auto& entry : fs::directory_iterator(path)) {
      const std::string name = entry.path().filename().string();
      if (name != ".set.tar.gz.lock") found.push_back(name);
    }
    return found;
  }

  test::TemporaryFolder folder;
  fs::path path = folder.path() / "some" / "cache";
  FetchOptions options;
};

const std::string archive = tar_gz(entries);

TEST_CASE("a data set is fetched once", "[data][fetch]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(archive); });
  const DataSource source = source_of(archive, server.url() + "/there");
  const Cache cache;
  CHECK(cache.run(source) == cache.path / "set");
  CHECK(cache.has_data());
  CHECK(cache.names() == std::vector<std::string>{"set"});
  CHECK_FALSE(fs::exists(cache.path / "set" / "readme.html"));
  CHECK(cache.run(source) == cache.path / "set");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].path == "/there/set.tar.gz");
}

TEST_CASE("a mirror takes the place of the source's own server", "[data][fetch]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(archive); });
  const DataSource source = source_of(archive, test::unused_url());
  Cache cache;
  SECTION("over the network") { cache.options.mirror = server.url() + "/mirror//"; }
  SECTION("in a folder") {
    cache.folder.write("set.tar.gz", archive);
    cache.options.mirror = "file://" + cache.folder.path().string();
  }
  cache.run(source);
  CHECK(cache.has_data());
  for (const HttpRequest& request : server.requests()) {
    CHECK(request.path == "/mirror/set.tar.gz");
  }
}

TEST_CASE("a server that cannot be reached leads to advice", "[data][fetch]") {
  const std::string base = test::unused_url();
  const Cache cache;
  CHECK_THAT(cache.refusal(source_of(archive, base)),
             ContainsSubstring("cannot download The Set: " + base + "/set.tar.gz: ") &&
                 ContainsSubstring("--mirror") && ContainsSubstring("--data-root") &&
                 ContainsSubstring("--data synthetic"));
  CHECK_FALSE(fs::exists(cache.path));
}

TEST_CASE("what only has the name of a part is left alone", "[data][fetch]") {
  const HttpServer server([](const HttpRequest&, int) { return whole(archive); });
  const DataSource source = source_of(archive, server.url());
  const Cache cache;
  const fs::path part = cache.path / "set.tar.gz.part";
  const auto refusal = [&] { return test::message_of<RunError>([&] { cache.run(source); }); };
  SECTION("a link") {
    cache.folder.write("some/cache/.set.partial/notes", "mine");
    const fs::path victim = cache.folder.write("victim", "mine");
    fs::create_symlink(victim, part);
    CHECK_THAT(refusal(), ContainsSubstring("set.tar.gz.part': Too many levels of symbolic links"));
    CHECK(read_file(victim) == "mine");
    CHECK(read_file(cache.path / ".set.partial" / "notes") == "mine");
  }
  SECTION("another name of a file") {
    const fs::path victim = cache.folder.write("victim", "mine");
    fs::create_directories(cache.path);
    fs::create_hard_link(victim, part);
    CHECK_THAT(refusal(), ContainsSubstring("set.tar.gz.part': it is not a file of its own"));
    CHECK(read_file(victim) == "mine");
  }
}

TEST_CASE("an archive with a wrong checksum is never used", "[data][fetch]") {
  std::string corrupt = archive;
  corrupt[corrupt.size() / 2] ^= 1;
  const DataSource expected = source_of(archive, "");
  SECTION("not even after another try") {
    const HttpServer server([&](const HttpRequest&, int) { return whole(corrupt); });
    const Cache cache;
    DataSource source = expected;
    source.base = server.url();
    CHECK_THAT(cache.refusal(source), ContainsSubstring(sha256_hex(corrupt)) &&
                                          ContainsSubstring("expected " + sha256_hex(archive)));
    CHECK(server.requests().size() == 2);
    CHECK(cache.names().empty());
  }
  SECTION("but the other try may bring the right one") {
    const HttpServer server(
        [&](const HttpRequest&, int number) { return whole(number == 1 ? corrupt : archive); });
    const Cache cache;
    DataSource source = expected;
    source.base = server.url();
    cache.run(source);
    CHECK(cache.has_data());
  }
}

TEST_CASE("a file that changes between two transfers is downloaded afresh", "[data][fetch]") {
  std::string before = archive;
  before[10] ^= 1;
  const HttpServer server([&](const HttpRequest& request, int number) {
    return number == 1 ? cut(whole(before), before.size() / 2) : ranged(archive, request);
  });
  const Cache cache;
  cache.run(source_of(archive, server.url()));
  CHECK(cache.has_data());
  REQUIRE(server.requests().size() == 3);
  CHECK(server.requests()[1].range_start == before.size() / 2);
  CHECK_FALSE(server.requests()[2].range_start);
}

TEST_CASE("the part of an earlier process is gone on with", "[data][fetch]") {
  const HttpServer server([](const HttpRequest& request, int) { return ranged(archive, request); });
  const DataSource source = source_of(archive, server.url());
  const Cache cache;
  cache.folder.write("some/cache/set.tar.gz.part", archive.substr(0, 50));
  CHECK(partial_download(source, cache.path) == cache.path / "set.tar.gz.part");
  // It was also killed while it unpacked.
  const std::string staging = partial_path(".set").string();
  cache.folder.write("some/cache/" + staging + "/set/train.bin", "half");
  cache.run(source);
  CHECK(cache.has_data());
  CHECK(cache.names() == std::vector<std::string>{"set"});
  CHECK(server.requests().at(0).range_start == 50u);
}

TEST_CASE("a hostile archive leaves no data, whatever its checksum", "[data][fetch]") {
  for (const TarEntry& entry : {TarEntry{"../evil", "x"}, TarEntry{"/tmp/wrcor_evil", "x"},
                                TarEntry{"set/link", "/etc", TarEntry::Type::symbolic_link},
                                TarEntry{"set/bomb", std::string(3 << 20, '\0')}}) {
    const std::string hostile = tar_gz({entries[1], entry});
    const HttpServer server([&](const HttpRequest&, int) { return whole(hostile); });
    const Cache cache;
    CHECK_THAT(cache.refusal(source_of(hostile, server.url())),
               ContainsSubstring("nothing of the archive is used"));
    CHECK(cache.names() == std::vector<std::string>{"set.tar.gz.part"});
    CHECK_FALSE(fs::exists(cache.folder.path() / "some" / "evil"));
  }
  CHECK_FALSE(fs::exists("/tmp/wrcor_evil"));
}

TEST_CASE("of several that fetch at once one downloads", "[data][fetch]") {
  const HttpServer server([](const HttpRequest&, int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return whole(archive);
  });
  const DataSource source = source_of(archive, server.url());
  const Cache cache;
  std::vector<std::future<fs::path>> all;
  for (int k = 0; k < 4; ++k) {
    all.push_back(std::async(std::launch::async, [&] { return cache.run(source); }));
  }
  for (auto& one : all) CHECK(one.get() == cache.path / "set");
  CHECK(cache.has_data());
  CHECK(server.requests().size() == 1);
}

TEST_CASE("waiting for another process can be stopped", "[data][fetch]") {
  struct Stop {};
  Cache cache;
  cache.options.download.stop_point = [] { throw Stop(); };
  fs::create_directories(cache.path);
  const auto other = FileLock::try_take(cache.path / ".set.tar.gz.lock");
  REQUIRE(other);
  CHECK_THROWS_AS(cache.run(source_of(archive, test::unused_url())), Stop);
}

TEST_CASE("a fetch can be stopped and gone on with", "[data][fetch]") {
  struct Stop {};
  const std::size_t half = archive.size() / 2;
  const HttpServer server([&](const HttpRequest& request, int number) {
    HttpReply reply = ranged(archive, request);
    if (number > 1) return reply;
    reply = cut(reply, half);
    reply.stall = true;
    return reply;
  });
  const DataSource source = source_of(archive, server.url());
  Cache cache;
  const fs::path part = cache.path / "set.tar.gz.part";
  cache.options.download.stop_point = [&] {
    if (fs::exists(part) && fs::file_size(part) == half) throw Stop();
  };
  CHECK_THROWS_AS(cache.run(source), Stop);
  CHECK(cache.names() == std::vector<std::string>{"set.tar.gz.part"});
  cache.options.download.stop_point = {};
  cache.run(source);
  CHECK(cache.has_data());
  CHECK(server.requests().at(1).range_start == half);
}

TEST_CASE("what stands where the data belong is left alone", "[data][fetch]") {
  const Cache cache;
  cache.folder.write("some/cache/set/train.bin", "mine");
  const DataSource source = source_of(archive, test::unused_url());
  CHECK_THAT(cache.refusal(source), ContainsSubstring("is not the whole The Set") &&
                                        ContainsSubstring("has 4 bytes, expected 5000") &&
                                        ContainsSubstring("remove the folder"));
  CHECK(read_file(cache.path / "set" / "train.bin") == "mine");
}

TEST_CASE("a cache that cannot be written is a run error", "[data][fetch]") {
  Cache cache;
  cache.folder.write("some", "a file");
  const auto message = [&](DataSource source) {
    return test::message_of<RunError>([&] { cache.run(source); });
  };
  CHECK_THAT(message(source_of(archive, "")), ContainsSubstring("cannot create '"));
  cache.path = cache.folder.path() / "other";
  DataSource huge = source_of(archive, "");
  huge.bytes = std::uint64_t{1} << 60;
  CHECK_THAT(message(huge), ContainsSubstring(" free, The Set needs 1152921504606 MB"));
  cache.path.clear();
  CHECK_THAT(cache.refusal(source_of(archive, "")), ContainsSubstring("WRCOR_DATA"));
}

TEST_CASE("the official archives hold what the readers read", "[data][fetch]") {
  for (const DataSource* source : {&cifar10_source(), &cifar100_source()}) {
    CHECK(source->base == "https://www.cs.toronto.edu/~kriz");
    CHECK(source->sha256.size() == 64);
    for (const ArchiveMember& member : source->members) {
      CHECK(member.path.starts_with(source->folder + "/"));
    }
  }
  CHECK(cifar10_source().members.size() == 6);
}

TEST_CASE("a data set is fetched where it is missing and nobody chose the place",
          "[data][fetch][binary]") {
  const test::TemporaryFolder folder;
  const test::EnvironmentVariable own("WRCOR_DATA", folder.path().c_str());
  std::vector<std::string> fetched;
  DatasetOptions options;
  options.fetch = [&](const DataSource& source) {
    fetched.push_back(source.title);
    folder.write("cifar-100-binary/train.bin", std::string(3074 * 2, '\1'));
  };
  DatasetOptions chosen = options;
  chosen.root = (folder.path() / "chosen").string();
  CHECK_THAT(test::message_of<MissingDataError>([&] { make_cifar100(chosen); }),
             ContainsSubstring("train.bin is missing") &&
                 ContainsSubstring("wrcor data fetch cifar100") &&
                 ContainsSubstring("nothing is downloaded into a folder that --data-root names"));
  CHECK(fetched.empty());
  CHECK(make_cifar100(options)->size() == 2);
  CHECK(make_cifar100(options)->files() ==
        std::vector<fs::path>{folder.path() / "cifar-100-binary" / "train.bin"});
  CHECK(fetched == std::vector<std::string>{"CIFAR-100"});
  options.fetch = [](const DataSource&) {};
  CHECK_THROWS_AS(make_cifar10(options), MissingDataError);
  CHECK_THROWS_AS(make_cifar10({}), MissingDataError);
}

}  // namespace
}  // namespace wrcor

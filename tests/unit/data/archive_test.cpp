#include "data/archive.h"

#include "core/file.h"
#include "support/tar.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;
using test::tar_gz;
using test::TarEntry;
using Type = test::TarEntry::Type;

const std::vector<ArchiveMember> wanted{{"set/a.bin", 3}, {"set/b.bin", 2}};
const TarEntry a{"set/a.bin", "aaa"};
const TarEntry b{"set/b.bin", "bb"};

/// An archive and a folder to unpack it into.
class Unpacking {
 public:
  explicit Unpacking(const std::vector<TarEntry>& entries) : Unpacking(tar_gz(entries)) {}
  explicit Unpacking(const std::string& content)
      : archive_(folder_.write("archive.tar.gz", content)) {
    fs::create_directories(target());
  }

  fs::path target() const { return folder_.path() / "in" / "target"; }
  void run() const { unpack(archive_, wanted, target(), {}); }
  std::string refusal() const {
    return test::message_of<DataError>([&] { run(); });
  }

  /// Regular files anywhere but in the target, except the archive.
  std::vector<std::string> strays() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const std::string path = entry.path().string();
      if (!entry.is_directory() && entry.path() != archive_ &&
          !path.starts_with(target().string() + "/")) {
        found.push_back(path);
      }
    }
    return found;
  }

 private:
  test::TemporaryFolder folder_;
  fs::path archive_;
};

TEST_CASE("the wanted members are unpacked and others passed over", "[data][archive]") {
  const Unpacking unpacking({{"set", "", Type::folder}, a, {"set/readme.html", "hello"}, b});
  unpacking.run();
  CHECK(read_file(unpacking.target() / "set/a.bin") == "aaa");
  CHECK(read_file(unpacking.target() / "set/b.bin") == "bb");
  CHECK_FALSE(fs::exists(unpacking.target() / "set/readme.html"));
}

TEST_CASE("members may be written with a dot in front", "[data][archive]") {
  const Unpacking unpacking({{"./set/a.bin", "aaa"}, {"./set/b.bin", "bb"}});
  unpacking.run();
  CHECK(read_file(unpacking.target() / "set/b.bin") == "bb");
}

TEST_CASE("an archive that reaches outside is refused", "[data][archive]") {
  const std::vector<TarEntry> hostile{{"../evil", "x"},
                                      {"set/../../evil", "x"},
                                      {"/tmp/wrcor_evil", "x"},
                                      {"set/link", "/etc", Type::symbolic_link},
                                      {"set/a.bin", "../../evil", Type::symbolic_link},
                                      {"set/link", "/etc/passwd", Type::hard_link},
                                      {"set/a.bin", "set/b.bin", Type::hard_link},
                                      {"set/pipe", "", Type::fifo},
                                      {"set/a.bin", "", Type::device}};
  for (const TarEntry& entry : hostile) {
    INFO(entry.path << " " << entry.content);
    const Unpacking unpacking({entry, a, b});
    CHECK_THAT(unpacking.refusal(), ContainsSubstring("'" + entry.path + "'") &&
                                        ContainsSubstring("nothing of the archive is used"));
    CHECK(unpacking.strays().empty());
    CHECK_FALSE(fs::exists(unpacking.target() / "set"));
  }
  CHECK_FALSE(fs::exists("/tmp/wrcor_evil"));
}

TEST_CASE("an archive with other content than is known is refused", "[data][archive]") {
  CHECK_THAT(Unpacking({a, {"set/b.bin", "bbb"}}).refusal(),
             ContainsSubstring("'set/b.bin' with 3 bytes, expected 2"));
  CHECK_THAT(Unpacking({a, a, b}).refusal(), ContainsSubstring("'set/a.bin' twice"));
  CHECK_THAT(Unpacking({a}).refusal(), ContainsSubstring("lacks 'set/b.bin'"));
  CHECK_THAT(Unpacking({a, {"other/b.bin", "bb"}}).refusal(), ContainsSubstring("lacks"));
}

TEST_CASE("an archive that unpacks to too much is refused", "[data][archive]") {
  const std::string zeros(3 << 20, '\0');
  const std::string one = tar_gz({a, {"set/bomb", zeros}, b});
  CHECK(one.size() < 10'000);
  CHECK_THAT(Unpacking(one).refusal(), ContainsSubstring("more than 1048586 bytes"));
  // A needed member is not written beyond its size.
  const Unpacking grown({a, {"set/b.bin", zeros}});
  CHECK_THAT(grown.refusal(), ContainsSubstring("found more than"));
  CHECK_FALSE(fs::exists(grown.target() / "set/b.bin"));
  // Many small ones count, too.
  std::vector<TarEntry> many;
  for (int k = 0; k < 3000; ++k) many.push_back({"set/" + std::to_string(k), ""});
  CHECK_THAT(Unpacking(many).refusal(), ContainsSubstring("found more than"));
}

TEST_CASE("what is no archive, or a part of one, is an error", "[data][archive]") {
  CHECK_THAT(Unpacking(std::string("hello")).refusal(), ContainsSubstring("cannot be unpacked"));
  CHECK_THAT(Unpacking(std::string()).refusal(), ContainsSubstring("'"));
  const std::string archive = tar_gz({a, b});
  CHECK_THAT(Unpacking(archive.substr(0, archive.size() / 2)).refusal(),
             ContainsSubstring("cannot be unpacked"));
}

TEST_CASE("unpacking can be stopped", "[data][archive]") {
  test::TemporaryFolder folder;
  const fs::path archive = folder.write("archive.tar.gz", tar_gz({a, b}));
  struct Stop {};
  CHECK_THROWS_AS(unpack(archive, wanted, folder.path(), [] { throw Stop(); }), Stop);
}

}  // namespace
}  // namespace wrcor

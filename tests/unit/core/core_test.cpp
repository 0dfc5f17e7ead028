#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <set>

#include "core/counted.h"
#include "core/file.h"
#include "core/hash.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"

using namespace wrcor;

TEST_CASE("a count has the singular for one only", "[core]") {
  CHECK(counted(0, "line") == "0 lines");
  CHECK(counted(std::size_t{1}, "line") == "1 line");
  CHECK(counted(std::int64_t{2}, "search", "searches") == "2 searches");
}

TEST_CASE("SHA-256 has the published test values", "[core][hash]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Sha256().update("a").update("bc").hex() == sha256_hex("abc"));
  CHECK(Sha256().update("abc").base64() == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("MD5 has the test values of RFC 1321", "[core][hash]") {
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST_CASE("stable hashes tell where one part ends and the next begins", "[core][hash]") {
  CHECK(stable_hash({"ab", "c"}) != stable_hash({"a", "bc"}));
  CHECK(stable_hash({"a", ""}) != stable_hash({"a"}));
  // Recorded: runs of older versions must find the same weights.
  CHECK(stable_hash({"stem.0.weight", "16x3x3x3"}) == 9752984182115375438ull);
}

TEST_CASE("seeds of different purposes differ and are fixed for all time", "[core][random]") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t master : {0u, 1u, 12u}) {
    for (const char* purpose : {"data", "weights", "search"})
      seeds.insert(derive_seed(master, {purpose}));
  }
  seeds.insert(derive_seed(1, {"2", "data"}));
  CHECK(seeds.size() == 10);
  CHECK(derive_seed(0, {"data"}) == 16211967387519832791ull);
}

TEST_CASE("random numbers are those of the standard's generator", "[core][random]") {
  Rng rng(5489);
  for (int i = 1; i < 10000; ++i) rng.next();
  CHECK(rng.next() == 9981545732273789042ull);  // required of mt19937_64 by the C++ standard
}

TEST_CASE("bounded draws are uniform", "[core][random]") {
  Rng rng(1);
  std::vector<int> counts(7);
  constexpr int draws = 70000;
  for (int i = 0; i < draws; ++i) ++counts[rng.below(7)];
  double chi_square = 0;
  for (int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
  CHECK(chi_square < 22.46);  // 99.9 % point for 6 degrees of freedom
  CHECK(rng.below(1) == 0);
}

TEST_CASE("normal draws have mean 0 and variance 1", "[core][random]") {
  Rng rng(2);
  constexpr int draws = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
  }
  CHECK(std::abs(sum / draws) < 0.015);
  CHECK(std::abs(squares / draws - 1) < 0.02);
}

TEST_CASE("a misspelt name is answered with the nearest one", "[core][suggest]") {
  const std::vector<std::string> known{"wrcor", "rcor", "acor"};
  CHECK(nearest_name("wrcorr", known) == "wrcor");
  CHECK(nearest_name("synflow", known).empty());
  CHECK(unknown_name_message("proxy", "proxies", "wrcorr", known) ==
        "unknown proxy 'wrcorr' (did you mean 'wrcor'?); known proxies: wrcor, rcor, acor");
}

TEST_CASE("a registry finds by name and lists what it has", "[core][registry]") {
  Registry<int> registry("thing", "things");
  registry.add("one", "the first", 1);
  registry.add("two", "the second", 2);
  CHECK(registry.find("two").value == 2);
  CHECK(registry.names() == std::vector<std::string>{"one", "two"});
  CHECK_THROWS_AS(registry.find("three"), UsageError);
}

TEST_CASE("an atomic write replaces the whole file and leaves nothing beside it", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "result.json";
  write_file_atomic(path, "first, and longer");
  write_file_atomic(path, "second");
  CHECK(read_file(path) == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a write that fails leaves the old file as it was", "[core][file]") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(write_file_atomic(folder.path() / "missing" / "file", "x"), RunError);
  CHECK_THROWS_AS(AppendOnlyFile("/dev/full", AppendOnlyFile::Accepts::streams).append_line("x"),
                  RunError);
  CHECK_THROWS_AS(read_file(folder.path() / "missing"), DataError);
  CHECK_THROWS_AS(read_file(folder.path()), DataError);
}

TEST_CASE("a line that does not fit is taken back, and none follows it", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal";
  {
    AppendOnlyFile file(path);
    file.append_line("fits");
    rlimit old_limit{};
    getrlimit(RLIMIT_FSIZE, &old_limit);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{8, old_limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_THROWS_AS(file.append_line("does not fit"), RunError);
    setrlimit(RLIMIT_FSIZE, &old_limit);
    CHECK(read_file(path) == "fits\n");
    CHECK_THROWS_AS(file.append_line("no more"), RunError);
    CHECK_THROWS_AS(file.require_intact(), RunError);
  }
  AppendOnlyFile(path).append_line("goes on");
  CHECK(read_file(path) == "fits\ngoes on\n");
}

TEST_CASE("nothing is appended to a file that was changed, replaced or deleted", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "journal";
  AppendOnlyFile file(path);
  file.append_line("one");
  folder.write("journal", "on");
  CHECK_THROWS_WITH(file.append_line("two"), ContainsSubstring("it has 2 bytes, expected 4"));
  CHECK(read_file(path) == "on");
  std::filesystem::rename(path, folder.path() / "moved");
  CHECK_THROWS_WITH(file.append_line("two"), ContainsSubstring("No such file"));
  folder.write("journal", "two\n");
  CHECK_THROWS_WITH(file.append_line("two"), ContainsSubstring("taken its place"));
  CHECK(read_file(path) == "two\n");
}

TEST_CASE("a last line without a line feed, or with zeros, is the trace of a crash",
          "[core][file]") {
  const test::TemporaryFolder folder;
  for (const std::string& tail : {std::string("tor"), std::string(4096, '\0'),
                                  std::string("tor\0\0", 5), std::string("\0\0rn\n", 5)}) {
    const auto path = folder.write("journal", "whole\n" + tail);
    AppendOnlyFile file(path);
    const AppendOnlyFile::Lines lines = file.lines();
    CHECK(lines.complete == std::vector<std::string>{"whole"});
    file.drop_incomplete(lines);
    file.append_line("next");
    CHECK(read_file(path) == "whole\nnext\n");
  }
}

TEST_CASE("what a killed write left is removed, and nothing else", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto result = folder.path() / "result.json";
  const auto own = partial_path(result), another = partial_path(folder.path() / "other.json");
  CHECK(own.filename().string().size() == std::string("result.json.partial.").size() + 16);
  CHECK(own != partial_path(result));
  std::vector<std::filesystem::path> kept{result, another};
  for (const char* suffix : {".mine", ".12", ".0123456789abcdef", ""})
    kept.push_back(result.string() + ".partial" + suffix);
  kept.push_back(own.string() + "0");
  for (const auto& file : kept) folder.write(file.filename().string(), "x");
  folder.write(own.filename().string(), "x");
  remove_partial_files(result);
  CHECK_FALSE(file_exists(own));
  for (const auto& file : kept) CHECK(file_exists(file));
}

TEST_CASE("a new file takes the place of no other", "[core][file]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "new";
  write_new_file(path, "first");
  CHECK_THROWS_AS(write_new_file(path, "second"), UsageError);
  CHECK(read_file(path) == "first");
  std::filesystem::create_symlink("nowhere", folder.path() / "link");
  CHECK_THROWS_AS(write_new_file(folder.path() / "link", "second"), UsageError);
  CHECK_FALSE(file_exists(folder.path() / "nowhere"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("folders that stay empty go, those that were there do not", "[core][file]") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "old");
  { const CreatedFolders made(make_folder(folder.path() / "old" / "a" / "b")); }
  CHECK(std::filesystem::is_empty(folder.path() / "old"));
  {
    const CreatedFolders made(make_folder(folder.path() / "old" / "a" / "b"));
    folder.write("old/a/file", "x");
  }
  CHECK(file_exists(folder.path() / "old" / "a" / "file"));
  CHECK_FALSE(file_exists(folder.path() / "old" / "a" / "b"));
}

TEST_CASE("a folder is made with those above it", "[core][file]") {
  const test::TemporaryFolder folder;
  make_folder(folder.path() / "a" / "b");
  make_folder(folder.path() / "a" / "b");
  CHECK(std::filesystem::is_directory(folder.path() / "a" / "b"));
  folder.write("file", "");
  CHECK_THROWS_WITH(make_folder(folder.path() / "file" / "c"),
                    ContainsSubstring("cannot create") && ContainsSubstring("Not a directory"));
}

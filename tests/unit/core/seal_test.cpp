#include "core/seal.h"

#include "core/hash.h"
#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using Json = nlohmann::ordered_json;

namespace {

Json result() {
  Json document{{"schema_version", 4},
                {"ranking", Json::array({{{"arch", "a"}}, {{"arch", "b"}}})},
                {"timing", {{"seconds", 1.5}}}};
  Json frame = document;
  frame["ranking"] = Json::array();
  DocumentSeal seal(frame);
  for (const Json& row : document["ranking"]) seal.add(row);
  document["timing"]["check"] = seal.check();
  return document;
}

}  // namespace

TEST_CASE("a check covers its record and those before it", "[core][seal]") {
  SealChain chain;
  const std::string first = chain.next("one");
  CHECK(first == sha256_hex("one").substr(0, 16));
  CHECK(chain.next("two") == sha256_hex(first + "two").substr(0, 16));
  CHECK(SealChain("run").next("one") == sha256_hex("runone").substr(0, 16));
}

TEST_CASE("a line opens in its place and in no other", "[core][seal]") {
  SealedLines mine, others("another run");
  const std::string one = mine.seal({{"a", 1}}), two = mine.seal({{"a", 2}});
  CHECK(one.starts_with(R"({"check":")"));
  CHECK(one.ends_with(R"(","a":1})"));
  const std::string foreign = others.seal({{"a", 1}});

  SealedLines whole;
  CHECK(whole.open(one) == Json{{"a", 1}});
  CHECK(whole.open(two) == Json{{"a", 2}});
  CHECK_FALSE(SealedLines().open(two));      // its predecessor is missing
  CHECK_FALSE(SealedLines().open(foreign));  // of another run
  std::string edited = one;
  edited.replace(edited.find(":1}"), 3, ":3}");
  CHECK_FALSE(SealedLines().open(edited));
  SealedLines twice;
  twice.open(one);
  CHECK_FALSE(twice.open(one));
}

TEST_CASE("lines of older versions open one by one", "[core][seal]") {
  SealedLines older;
  older.unchain();
  const std::string one = older.seal({{"a", 1}}), two = older.seal({{"a", 2}});
  CHECK(one == R"({"check":")" + sha256_hex(R"({"a":1})").substr(0, 16) + R"(","a":1})");
  CHECK(older.open(two) == Json{{"a", 2}});
  CHECK(older.open(one) == Json{{"a", 1}});
}

TEST_CASE("what a crash leaves of a line is known by its beginning", "[core][seal]") {
  const std::string line = SealedLines().seal({{"a", 1}});
  for (std::size_t size = 0; size <= line.size(); ++size) {
    CHECK(SealedLines::may_begin(line.substr(0, size)));
    CHECK(SealedLines::may_begin(line.substr(0, size) + std::string(9, '\0')));
  }
  for (const char* other : {"x", "{\"chess\"", "my notes"})
    CHECK_FALSE(SealedLines::may_begin(other));
}

TEST_CASE("a sealed record is known again, however it is laid out", "[core][seal]") {
  const Json record = sealed({{"a", 0.1}, {"b", nullptr}});
  CHECK(is_sealed(record));
  CHECK(is_sealed(Json::parse(record.dump(4))));
  Json edited = record;
  edited["a"] = 0.2;
  CHECK_FALSE(is_sealed(edited));
  edited = record;
  edited.erase("check");
  CHECK_FALSE(is_sealed(edited));
}

TEST_CASE("any change of a result is seen", "[core][seal]") {
  Json document = result();
  CHECK_NOTHROW(require_sealed_result(document, "result.json"));
  CHECK(document["ranking"].size() == 2);
  const auto refused = [](const char* place, const Json& value) {
    Json edited = result();
    edited[Json::json_pointer(place)] = value;
    CHECK_THROWS_AS(require_sealed_result(edited, "result.json"), DataError);
  };
  refused("/ranking/0/arch", "b");
  refused("/timing/seconds", 2);
  refused("/timing/check", "0123456789abcdef");
  refused("/timing", nullptr);
  refused("/surplus", 1);
  Json swapped = result();
  std::swap(swapped["ranking"][0], swapped["ranking"][1]);
  CHECK_THROWS_AS(require_sealed_result(swapped, "result.json"), DataError);
  Json older = result();
  older["schema_version"] = 3;
  CHECK_NOTHROW(require_sealed_result(older, "result.json"));
}

#include "data/safetensors.h"

#include "fixtures.h"
#include "support/catch.h"

using namespace wrcor;

namespace {

/// What is wrong with a header of a file with this many bytes of data.
std::string error_in(const std::string& text, std::uint64_t data_bytes = 8) {
  return test::message_of<SafetensorsError>([&] { SafetensorsHeader::parse(text, data_bytes); });
}

/// A header with one tensor of these members.
std::string with(const std::string& members) { return "{\"a\": {" + members + "}}"; }

}  // namespace

TEST_CASE("a header of safetensors names tensors by place", "[data][safetensors]") {
  const auto header = SafetensorsHeader::parse(
      R"({"a": {"dtype": "I64", "shape": [], "data_offsets": [6, 14]}, "e":
         {"dtype": "F32", "shape": [0, 3], "data_offsets": [6, 6]}, "__metadata__": {"format": "pt"},
          "b": {"shape": [1, 3], "data_offsets": [0, 6], "dtype": "F16"}}  )",
      14);
  REQUIRE(header.tensors.size() == 3);
  CHECK(header.tensors[0].name == "b");
  CHECK(header.tensors[0].type == "F16");
  CHECK((header.tensors[0].shape == std::vector<std::int64_t>{1, 3}));
  CHECK(header.tensors[1].name == "e");
  CHECK(header.tensors[2].begin == 6);
  CHECK(header.tensors[2].end == 14);
  CHECK(header.metadata.at("format") == "pt");
}

TEST_CASE("a header that is written is read back, and the data are aligned",
          "[data][safetensors]") {
  SafetensorsHeader header;
  header.tensors = {{"some \"name\"", "F64", {2, 1}, 0, 16}, {"", "BOOL", {}, 16, 17}};
  header.metadata = {{"a", "b"}};
  const std::string start = header.format();
  CHECK(start.size() % 8 == 0);
  CHECK(SafetensorsHeader::length(start.substr(0, 8)) == start.size() - 8);
  const auto read = SafetensorsHeader::parse(start.substr(8), 17);
  CHECK(read.format() == start);
  CHECK(read.metadata == header.metadata);
  CHECK(SafetensorsHeader::parse("{}", 0).tensors.empty());
}

TEST_CASE("a header of more than 16 MiB is refused before it is read", "[data][safetensors]") {
  using namespace std::string_literals;
  CHECK(SafetensorsHeader::length("\0\0\0\1\0\0\0\0"s) == 16'777'216);
  CHECK(test::message_of<SafetensorsError>([] {
          SafetensorsHeader::length("\1\0\0\1\0\0\0\0"s);
        }) == "a header of 16777217 bytes, more than 16777216");
  CHECK_THROWS_AS(SafetensorsHeader::length("\xff\xff\xff\xff\xff\xff\xff\xff"), SafetensorsError);
}

TEST_CASE("what is wrong with a header is said in words", "[data][safetensors]") {
  const std::string type = R"("dtype": "F32", )", shape = R"("shape": [2], )",
                    offsets = R"("data_offsets": [0, 8])";
  CHECK(error_in("[1]") == "a header that is no object");
  CHECK_THAT(error_in("{"), StartsWith("a header with no JSON from byte "));
  CHECK_THAT(error_in(R"({"a": 1, "a": 2})"), ContainsSubstring("the key 'a' twice"));
  CHECK(error_in(R"({"a": 1})") == "the tensor 'a' is no object");
  CHECK(error_in(with(shape + offsets)) == "the tensor 'a' has no 'dtype'");
  CHECK(error_in(with(type + offsets)) == "the tensor 'a' has no 'shape'");
  CHECK(error_in(with(R"("dtype": "F32", "shape": [2])")) ==
        "the tensor 'a' has no 'data_offsets'");
  CHECK_THAT(error_in(with(type + shape + offsets + R"(, "x": 1)")),
             ContainsSubstring("more than"));
  for (const std::string other : {R"("F33")", "32", "null"}) {
    CHECK_THAT(error_in(with("\"dtype\": " + other + ", " + shape + offsets)),
               ContainsSubstring("unknown type"));
  }
  for (const std::string other : {"2", "[-2]", "[2.0]", "[\"2\"]", "{}"}) {
    CHECK(error_in(with(type + "\"shape\": " + other + ", " + offsets)) ==
          "the sizes of the tensor 'a' are not up to 64 whole numbers");
  }
  for (const std::string other : {"[0]", "[0, 8, 8]", "[-8, 0]", "8"}) {
    CHECK(error_in(with(type + shape + "\"data_offsets\": " + other)) ==
          "the offsets of the tensor 'a' are not 2 whole numbers");
  }
  for (const std::string other : {"[3]", "[1]", "[0]", "[]", "[4294967296, 4294967296]",
                                  "[18446744073709551615]", "[9223372036854775807, 4, 0]"}) {
    CHECK_THAT(error_in(with(type + "\"shape\": " + other + ", " + offsets)),
               ContainsSubstring("another number of bytes"));
  }
  CHECK_THAT(error_in(with(type + shape + "\"data_offsets\": [8, 0]")),
             ContainsSubstring("another number of bytes"));
  CHECK_THAT(error_in(R"({"__metadata__": {"a": 1}})", 0), ContainsSubstring("__metadata__"));
}

TEST_CASE("tensors fill a file without gaps and overlaps", "[data][safetensors]") {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": )" + first +
           R"(}, "b": {"dtype": "U8", "shape": [4], "data_offsets": )" + second + "}}";
  };
  CHECK(SafetensorsHeader::parse(two("[4, 8]", "[0, 4]"), 8).tensors.front().name == "b");
  CHECK(error_in(two("[0, 4]", "[3, 7]"), 7) ==
        "the tensor 'b' starts at byte 3 of the data, where byte 4 was due");
  CHECK_THAT(error_in(two("[0, 4]", "[0, 4]"), 8), ContainsSubstring("where byte 4 was due"));
  CHECK_THAT(error_in(two("[0, 4]", "[5, 9]"), 9), ContainsSubstring("where byte 4 was due"));
  CHECK_THAT(error_in(two("[1, 5]", "[5, 9]"), 9), ContainsSubstring("where byte 0 was due"));
  for (const std::uint64_t bytes : {7U, 9U, 0U}) {
    CHECK_THAT(error_in(two("[0, 4]", "[4, 8]"), bytes),
               StartsWith(std::to_string(bytes) + " bytes of data, where its tensors take 8"));
  }
}

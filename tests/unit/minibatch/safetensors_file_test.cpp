#include "minibatch/tensor_file.h"
#include "support/catch.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

/// A file with this header.
std::string file_of(const std::string& header, const std::string& data) {
  const auto length = static_cast<unsigned char>(header.size());
  return std::string(1, static_cast<char>(length)) + std::string(7, '\0') + header + data;
}

std::string tensor(const std::string& type, const std::string& shape, std::size_t bytes) {
  return R"({"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[0,)" +
         std::to_string(bytes) + "]}}";
}

TEST_CASE("tensors are written as safetensors and read back", "[minibatch][safetensors]") {
  Tensors tensors{{"", at::ones({1})},
                  {"layer.0.weight", at::arange(24, at::kFloat).view({2, 3, 4})},
                  {"empty", at::empty({0, 4})},
                  {"naïve \"name\"", at::scalar_tensor(7, at::kLong)},
                  {"transposed", at::arange(6, at::kFloat).view({2, 3}).t()},
                  {"leaf", at::ones({2}).requires_grad_()}};
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong,
                                    at::kInt, at::kShort, at::kChar, at::kByte, at::kBool}) {
    tensors[at::toString(type)] = at::arange(3, at::kFloat).to(type);
  }
  const std::string file = format_safetensors(tensors, {{"format", "pt"}});
  CHECK(file == format_safetensors(tensors, {{"format", "pt"}}));
  const Tensors read = parse_tensor_file(file, "some.safetensors");
  REQUIRE(read.size() == tensors.size());
  for (const auto& [name, written] : tensors) {
    CAPTURE(name);
    const at::Tensor& other = read.at(name);
    CHECK(other.scalar_type() == written.scalar_type());
    CHECK(other.sizes() == written.sizes());
    CHECK(at::equal(other, written.detach()));
    CHECK_FALSE(other.requires_grad());
  }
  CHECK(parse_tensor_file(format_safetensors({}, {}), "none").empty());
  CHECK_THROWS_AS(format_safetensors({{"a", at::ones({1}, at::kComplexFloat)}}, {}),
                  std::invalid_argument);
}

TEST_CASE("unsigned integers and bool of safetensors", "[minibatch][safetensors]") {
  const auto read = [](const std::string& type, const std::string& shape, const std::string& data) {
    return parse_tensor_file(file_of(tensor(type, shape, data.size()), data), "x").at("a");
  };
  CHECK(at::equal(read("U16", "[2]", "\xff\xff\x02\x01"), at::tensor({65535L, 258L})));
  CHECK(at::equal(read("U32", "[1]", "\xff\xff\xff\xff"), at::tensor({4294967295L})));
  CHECK(at::equal(read("U64", "[]", std::string("\1\0\0\0\0\0\0\0", 8)),
                  at::scalar_tensor(1L, at::kLong)));
  CHECK(at::equal(read("BOOL", "[3]", std::string("\0\1\x40", 3)),
                  at::tensor({0, 1, 1}).to(at::kBool)));
  CHECK_THAT(test::message_of<DataError>([&] { read("U64", "[]", std::string(8, '\xff')); }),
             ContainsSubstring("an integer above 2^63 - 1 in the tensor 'a'"));
}

TEST_CASE("damaged safetensors are refused in one line", "[minibatch][safetensors]") {
  const auto complaint = [](const std::string& file) {
    return test::message_of<DataError>([&] { parse_tensor_file(file, "x.safetensors"); });
  };
  const std::string whole = file_of(tensor("F32", "[2]", 8), std::string(8, '\0'));
  CHECK(parse_tensor_file(whole, "x").size() == 1);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CHECK_THAT(complaint(whole.substr(0, size)),
               StartsWith("x.safetensors: found ") && ContainsSubstring(", expected a dictionary"));
  }
  CHECK_THAT(complaint(whole + "x"),
             ContainsSubstring("found a file that cannot be read (9 bytes of data, where its "
                               "tensors take 8"));
  CHECK_THAT(complaint(std::string(7, '\0') + "\x7f{"), ContainsSubstring("a header of "));
}

}  // namespace
}  // namespace wrcor

#include "mbv2_networks.h"
#include "support/catch.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using namespace test;

std::string refusal(const std::string& text) {
  try {
    make_mbv2()->parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  FAIL("accepted: " << text.substr(0, 200));
  return "";
}

const std::string stem = "SuperConvK3BNRELU(3,16,2,1)";  // 27 bytes

}  // namespace

TEST_CASE("text of any number of blocks is written as it was read", "[space][mbv2][text]") {
  const auto space = make_mbv2();
  for (const std::string& text :
       {ea_600m, tiny, stem + "@2", stem + "@1024",
        std::string("SuperResIDWE6K7(3,8192,1,8192,1000)@1"),
        stem + "SuperConvK7BNRELU(16,17,2,3)SuperResIDWE1K3(17,1,1,1,1)@36"})
    CHECK(space->format(space->parse(text)) == text);
}

TEST_CASE("names of blocks and white space around the text are dropped", "[space][mbv2][text]") {
  const auto space = make_mbv2();
  const Genotype expected = space->parse(stem + "SuperResIDWE2K3(16,24,2,16,2)@32");
  CHECK(space->parse(" \tSuperConvK3BNRELU(stem|3,16,2,1)SuperResIDWE2K3(block 1.a|16,24,2,16,2)"
                     "@32\n") == expected);
}

TEST_CASE("what is wrong with a text is said with its place", "[space][mbv2][text]") {
  struct Case {
    std::string text;
    int byte;
    std::string expected;
  };
  const std::string mobile = stem + "SuperResIDWE2K3";  // 42 bytes
  for (const auto& [text, byte, expected] : std::vector<Case>{
           {"", 0, "the end of the text, expected a block"},
           {"   ", 0, "the end of the text, expected a block"},
           {"@224", 0, "expected a block"},
           {"superConvK3BNRELU(3,16,2,1)@32", 0, "expected a block"},
           {stem, 27, "the end of the text, expected another block, or '@'"},
           {stem + "@", 28, "the resolution: a number from 1 to 1024"},
           {stem + "@0", 28, "the resolution"},
           {stem + "@032", 28, "the resolution"},
           {stem + "@1026", 28, "the resolution"},
           {stem + "@-32", 28, "the resolution"},
           {stem + "@32x", 30, "the end of the text after the resolution"},
           {stem + "@32@32", 30, "the end of the text after the resolution"},
           {stem + "@33", 28, "multiple of the network's total stride 2"},
           {stem + ";@32", 27, "expected another block"},
           {stem + " @32", 27, "expected another block"},
           {"SuperConvK2BNRELU(3,16,2,1)@32", 10, "1, 3, 5 or 7"},
           {"SuperConvK33BNRELU(3,16,2,1)@32", 10, "1, 3, 5 or 7"},
           {"SuperConvK3(3,16,2,1)@32", 11, "'BNRELU('"},
           {"SuperConvK3BNRELU 3,16,2,1)@32", 11, "'BNRELU('"},
           {"SuperConvK3BNRELU(4,16,2,1)@32", 18, "here 3 (those of the images)"},
           {"SuperConvK3BNRELU(,16,2,1)@32", 18, "the input channels"},
           {"SuperConvK3BNRELU(|3,16,2,1)@32", 18, "a name before '|'"},
           {"SuperConvK3BNRELU(a|b|3,16,2,1)@32", 20, "the input channels"},
           {"SuperConvK3BNRELU(3;16,2,1)@32", 19, "',' and the output channels"},
           {"SuperConvK3BNRELU(3,0,2,1)@32", 20, "the output channels: a number from 1 to 8192"},
           {"SuperConvK3BNRELU(3,8193,2,1)@32", 20, "the output channels"},
           {"SuperConvK3BNRELU(3,99999999999999999999,2,1)@32", 20, "the output channels"},
           {"SuperConvK3BNRELU(3,+16,2,1)@32", 20, "the output channels"},
           {"SuperConvK3BNRELU(3,16,3,1)@32", 23, "the stride: 1 or 2"},
           {"SuperConvK3BNRELU(3,16,2,0)@32", 25, "the layers"},
           {"SuperConvK3BNRELU(3,16,2)@32", 24, "',' and the layers"},
           {"SuperConvK3BNRELU(3,16,2,1,1)@32", 26, "')' after the layers"},
           {"SuperConvK3BNRELU(3,16,2,1001)@32", 25, "the layers: a number from 1 to 1000"},
           {stem + "SuperResIDWE3K3(16,24,2,16,2)@32", 39, "1, 2, 4 or 6"},
           {stem + "SuperResIDWE2K1(16,24,2,16,2)@32", 41, "3, 5 or 7"},
           {stem + "SuperResIDWE2(16,24,2,16,2)@32", 40, "'K' and the kernel"},
           {mobile + "BNRELU(16,24,2,16,2)@32", 42, "'('"},
           {mobile + "(24,24,2,16,2)@32", 43, "here 16 (the output channels of the block before)"},
           {mobile + "(16,24,2,2)@32", 52, "',' and the layers"},
           {mobile + "(16,24,2,0,2)@32", 51, "the bottleneck's channels"},
           {mobile + "(16,24,2,16,1000)@32", 54, "at most 1000 layers in all blocks together"},
       }) {
    INFO(text);
    const std::string message = refusal(text);
    INFO(message);
    CHECK(message.find("at byte " + std::to_string(byte) + ": found ") != std::string::npos);
    CHECK(message.find(expected) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("hostile texts are refused quickly", "[space][mbv2][text]") {
  std::string blocks = stem, names = "SuperConvK3BNRELU(", strides;
  for (int k = 0; k < 100'000; ++k) blocks += "SuperConvK1BNRELU(16,16,1,1)";
  CHECK(refusal(blocks + "@32").find("at most 1000 layers") != std::string::npos);
  CHECK(refusal(names + std::string(10'000'000, 'x') + "|4,16,2,1)@32").find("at byte 10000019") !=
        std::string::npos);
  CHECK(refusal(names + std::string(10'000'000, '1')).find("at byte 18") != std::string::npos);
  CHECK(refusal(std::string(10'000'000, '(')).size() < 300);
  CHECK(refusal(std::string("Super\0ConvK3", 12)).find('\0') == std::string::npos);
  strides = stem;
  for (int k = 0; k < 100; ++k) strides += "SuperConvK1BNRELU(16,16,2,1)";
  CHECK(refusal(strides + "@1024").find("at most 1024") != std::string::npos);
}

TEST_CASE("the largest network of the grammar has costs", "[space][mbv2][text]") {
  const auto space = make_mbv2();
  const std::string plain = "SuperConvK7BNRELU(3,8192,1,1)SuperConvK7BNRELU(8192,8192,1,999)@1024";
  const std::int64_t weights = 49LL * 8192 * 8192, area = 1024LL * 1024, first = 49LL * 3 * 8192;
  const Costs costs = space->costs(space->parse(plain));
  CHECK(costs.params == first + 999 * weights + 1000 * 2 * 8192LL + 8192 * 1000 + 1000);
  CHECK(costs.flops == (first + 999 * weights) * area + 8192 * 1000);
  const std::string mobile = "SuperResIDWE6K7(3,8192,1,8192,1000)@1024";
  const std::int64_t d = 6 * 8192;
  const std::int64_t further = 2 * 8192 * d + 49 * d;
  CHECK(space->costs(space->parse(mobile)).flops ==
        (3 * d + 8192 * d + 49 * d + 3 * 8192 + 999 * further) * area + 1000 * 2 * d * (d / 4) +
            8192 * 1000);
}

}  // namespace wrcor

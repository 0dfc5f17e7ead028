#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

const std::string sound =
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|";

/// The message of the UsageError that parsing must end in; empty when the text is accepted.
std::string rejection(std::string_view text) {
  try {
    NasBench201().parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

bool fit_for_one_line(const std::string& message) {
  return message.size() < 400 && std::all_of(message.begin(), message.end(), [](char letter) {
           return letter >= 0x20 && letter < 0x7f;
         });
}

struct Malformed {
  std::string text;
  std::size_t offset;
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE("an architecture string is read edge by edge", "[space][nb201]") {
  CHECK(NasBench201().parse(sound) == Genotype{3, 0, 1, 4, 2, 0});
  CHECK(NasBench201().format({3, 0, 1, 4, 2, 0}) == sound);
  CHECK(NasBench201().parse(" \t" + sound + "\r\n") == Genotype{3, 0, 1, 4, 2, 0});
}

TEST_CASE("a tuple of NASLib is read", "[space][nb201]") {
  // From naslib/search_spaces/nasbench201: the operations Identity, Zero, ReLUConvBN3x3,
  // ReLUConvBN1x1, AvgPool1x1 of the edges (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4).
  const NasBench201 space;
  const std::string arch =
      "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|";
  for (const char* text :
       {"(4, 0, 3, 1, 4, 3)", "[4, 0, 3, 1, 4, 3]", " (4 0 3 1 4 3)\n", "(403143)"})
    CHECK(space.format(space.parse(text)) == arch);
  CHECK(space.format(space.parse("(0, 1, 2, 3, 4, 0)")) ==
        "|skip_connect~0|+|none~0|nor_conv_1x1~1|+|nor_conv_3x3~0|avg_pool_3x3~1|skip_connect~2|");
  for (const char* text : {"(", "()", "(4, 0, 3, 1, 4)", "(4, 0, 3, 1, 4, 5)", "(4, 0, 3, 1, 4, 3",
                           "(4, 0, 3, 1, 4, 3, 0)", "(40, 3, 1, 4, 3)", "(4, 0, 3, 1, 4, 3]"}) {
    INFO(text);
    CHECK_THAT(rejection(text), ContainsSubstring("nb201 tuple of NASLib: found "));
    CHECK(fit_for_one_line(rejection(text)));
  }
}

TEST_CASE("formatting and parsing are inverse for all cells", "[space][nb201]") {
  const NasBench201 space;
  std::vector<std::string> texts;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    texts.push_back(space.format(cell));
    REQUIRE(space.valid(cell));
    REQUIRE(space.parse(texts.back()) == cell);
    REQUIRE(space.format(space.parse(texts.back())) == texts.back());
  }
  std::sort(texts.begin(), texts.end());
  CHECK(std::unique(texts.begin(), texts.end()) == texts.end());
}

TEST_CASE("malformed architecture strings are rejected with offset, finding and expectation",
          "[space][nb201]") {
  const std::string rest = "+|none~0|none~1|+|none~0|none~1|none~2|";
  const std::vector<Malformed> table = {
      {"", 0, {"the end of the text", "group 1 of 3"}},
      {"  \n", 0, {"the end of the text", "group 1 of 3"}},
      {"|none~0|", 8, {"the end of the text", "'+' and group 2 of 3"}},
      {"|none~0|+|none~0|none~1|", 24, {"the end of the text", "'+' and group 3 of 3"}},
      {"none~0|" + rest, 0, {"found 'none~0|", "'|', which opens group 1"}},
      {"|none~0|+none~0|none~1|+|none~0|none~1|none~2|", 9, {"'|', which opens group 2"}},
      {"|none~0" + rest, 7, {"found '+", "'|', which closes the term"}},
      {"|none~0|+|none~0|none~1|+|none~0|none~1|none~2", 46, {"the end of the text", "closes"}},
      {"|nor_conv_5x5~0|" + rest,
       1,
       {"unknown operation 'nor_conv_5x5'", "did you mean 'nor_conv_", "avg_pool_3x3"}},
      {"|skip_conect~0|" + rest, 1, {"'skip_conect'", "did you mean 'skip_connect'?"}},
      {"|None~0|" + rest, 1, {"'None'", "did you mean 'none'?"}},
      {"|none~1|" + rest, 6, {"'1'", "source 0", "smaller than the node"}},
      {"|none~0|+|none~0|none~2|+|none~0|none~1|none~2|", 22, {"'2'", "source 1", "smaller"}},
      {"|none~0|none~0|" + rest, 8, {"'none~0|'", "node 1 takes 1 term, got 2", "duplicate"}},
      {"|none~0|+|none~0|none~0|+|none~0|none~1|none~2|", 22, {"'0'", "source 1", "duplicate"}},
      {"|none~0|+|none~1|none~0|+|none~0|none~1|none~2|", 15, {"'1'", "source 0", "in order"}},
      {"|none~0|+|none~0|+|none~0|none~1|none~2|",
       17,
       {"found '+", "node 2, which takes 2 terms (got 1)"}},
      {"|none~0|+|none~0|none~1|none~0|+|none~0|none~1|none~2|", 24, {"takes 2 terms, got 3"}},
      {"|none|" + rest, 5, {"found '|", "'~' and the source"}},
      {"|none~|" + rest, 6, {"found '|", "source 0"}},
      {"|~0|" + rest, 1, {"found '~0'", "an operation before '~'", "skip_connect"}},
      {"|none~0~0|" + rest, 6, {"found '0~0'", "decimal number"}},
      {"|none~x|" + rest, 6, {"found 'x'", "decimal number"}},
      {"|none~-1|" + rest, 6, {"found '-1'", "without sign"}},
      {"|none~00|" + rest, 6, {"found '00'", "leading zero"}},
      {"|none~10|" + rest, 6, {"'10'", "smaller than the node"}},
      {"|none~0 |" + rest, 6, {"found '0 '", "decimal number"}},
      {"| none~0|" + rest, 1, {"unknown operation ' none'"}},
      {"||" + rest, 1, {"found '|", "op~source"}},
      {"|", 1, {"the end of the text", "op~source"}},
      {sound + "+", sound.size(), {"found '+'", "the end of the text after the third group"}},
      {sound + "+|none~0|", sound.size(), {"found '+|none~0|'", "after the third group"}},
      {sound + "none~0|", sound.size(), {"found 'none~0|'", "after the third group"}},
      {sound + "\n" + sound, sound.size(), {"found '\\x0a|nor_conv", "after the third group"}},
      {"\t|none~x|" + rest, 7, {"found 'x'"}},
  };
  for (const Malformed& row : table) {
    const std::string message = rejection(row.text);
    INFO("text: " << row.text << "\nmessage: " << message);
    CHECK(message.find("at byte " + std::to_string(row.offset) + ": ") != std::string::npos);
    for (const std::string& part : row.said) {
      INFO("expected part: " << part);
      CHECK(message.find(part) != std::string::npos);
    }
    CHECK(fit_for_one_line(message));
  }
}

TEST_CASE("hostile architecture strings are quoted briefly and without control characters",
          "[space][nb201]") {
  const std::string zero(1, '\0');
  const std::vector<std::string> texts = {
      std::string(4'000'000, 'a'),
      "|" + std::string(4'000'000, 'a') + "~0|",
      "|none~" + std::string(4'000'000, '7') + "|",
      "|none~0|" + std::string(4'000'000, '|'),
      sound + std::string(4'000'000, '+'),
      "|\x1b[31mnone\x07~0|",
      "|none~\x80\xff|",
      "|none" + zero + "~0|",
      zero + sound,
      sound + zero,
  };
  for (const std::string& text : texts) {
    const std::string message = rejection(text);
    INFO(message);
    CHECK(message.find("nb201 architecture string: at byte ") == 0);
    CHECK(fit_for_one_line(message));
  }
}

TEST_CASE("random and damaged texts are parsed or rejected, nothing else", "[space][nb201]") {
  const NasBench201 space;
  const std::string alphabet = "|+~0123none_skip_connectnor_conv_1x1avg_pool_3x3 \n";
  Rng rng(20240501);
  int rejected = 0;
  constexpr int texts = 30'000;
  for (int k = 0; k < texts; ++k) {
    std::string text;
    if (k % 3 == 0) {  // any bytes
      text.resize(rng.below(120));
      for (char& letter : text) letter = static_cast<char>(rng.below(256));
    } else if (k % 3 == 1) {  // the grammar's own letters
      text.resize(rng.below(120));
      for (char& letter : text) letter = alphabet[rng.below(alphabet.size())];
    } else {  // one to three changes of a valid string
      text = space.format(space.sample(rng));
      for (std::uint64_t change = rng.below(3) + 1; change > 0 && !text.empty(); --change) {
        const std::size_t at = rng.below(text.size());
        switch (rng.below(4)) {
          case 0:
            text[at] = static_cast<char>(rng.below(256));
            break;
          case 1:
            text.erase(at, 1 + rng.below(12));
            break;
          case 2:
            text.insert(at, 1, alphabet[rng.below(alphabet.size())]);
            break;
          default:
            text.insert(at, text.substr(rng.below(text.size()), 1 + rng.below(20)));
            break;
        }
      }
    }
    try {
      const std::string parsed = space.format(space.parse(text));
      const std::size_t start = text.find(parsed);
      REQUIRE(start != std::string::npos);
      text.erase(start, parsed.size());
      REQUIRE(text.find_first_not_of(" \t\r\n\f\v") == std::string::npos);
    } catch (const UsageError& error) {
      ++rejected;
      REQUIRE(fit_for_one_line(error.what()));
    }
  }
  CHECK(rejected > texts * 9 / 10);
  CHECK(rejected < texts);
}

TEST_CASE("only six digits below five are a genotype of nb201", "[space][nb201]") {
  const NasBench201 space;
  Rng rng(1);
  for (const Genotype& wrong : {Genotype{}, Genotype{0, 0, 0, 0, 0}, Genotype{0, 0, 0, 0, 0, 5},
                                Genotype{-1, 0, 0, 0, 0, 0}, Genotype(1000, 0)}) {
    CHECK_FALSE(space.valid(wrong));
    CHECK_THROWS_AS(space.format(wrong), UsageError);
    CHECK_THROWS_AS(space.index(wrong), UsageError);
    CHECK_THROWS_AS(space.mutate(wrong, rng), UsageError);
    CHECK_THROWS_AS(space.neighbours(wrong), UsageError);
    CHECK_THROWS_AS(space.representative(wrong, Dedupe::strict), UsageError);
    CHECK_THROWS_AS(space.connected(wrong), UsageError);
    CHECK_THROWS_AS(space.costs(wrong), UsageError);
    CHECK_THROWS_AS(space.plan(wrong), UsageError);
    CHECK_THROWS_AS(effective_cell(wrong), UsageError);
    CHECK_THROWS_AS(published_key(wrong, PublishedClasses::n6466), UsageError);
    CHECK_THROWS_AS(published_class(wrong, PublishedClasses::n6466), UsageError);
  }
}

}  // namespace wrcor

#include "wrcor/score/ranking_rule.h"

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

constexpr Direction higher = Direction::higher, lower = Direction::lower;

const RankingNames& names() {
  static const RankingNames known{
      {{"wrcor", higher}, {"synflow", higher}, {"plain", lower}, {"l2_norm", higher}},
      {{"spw", {VoteMethod::pairwise, {"synflow", "l2_norm", "wrcor"}}},
       {"mixed", {VoteMethod::logrank, {"wrcor", "+plain", "-synflow"}}}}};
  return known;
}

RankingRule parse(const std::string& text) { return RankingRule::parse(text, names()); }

RankingRule rule(VoteMethod method, std::vector<RankingMember> members) {
  return {method, std::move(members)};
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a single name orders by that proxy, in its own direction", "[score][votes]") {
  CHECK(parse("wrcor") == rule(VoteMethod::score, {{"wrcor", higher}}));
  CHECK(parse("plain") == rule(VoteMethod::score, {{"plain", lower}}));
  CHECK_FALSE(parse("wrcor").is_vote());
}

TEST_CASE("a sign sets the direction, whatever the proxy's own", "[score][votes]") {
  CHECK(parse("-wrcor") == rule(VoteMethod::score, {{"wrcor", lower}}));
  CHECK(parse("+plain") == rule(VoteMethod::score, {{"plain", higher}}));
  CHECK(parse("-plain") == rule(VoteMethod::score, {{"plain", lower}}));
  CHECK(parse("wrcor,-synflow,plain") ==
        rule(VoteMethod::copeland, {{"wrcor", higher}, {"synflow", lower}, {"plain", lower}}));
}

TEST_CASE("a list votes by copeland, or by the method before it", "[score][votes]") {
  const std::vector<RankingMember> two{{"wrcor", higher}, {"plain", lower}};
  CHECK(parse("wrcor,plain") == rule(VoteMethod::copeland, two));
  CHECK(parse("copeland(wrcor,plain)") == rule(VoteMethod::copeland, two));
  CHECK(parse("pairwise(wrcor,plain)") == rule(VoteMethod::pairwise, two));
  CHECK(parse("ranksum(wrcor,plain)") == rule(VoteMethod::ranksum, two));
  CHECK(parse("borda(wrcor,plain)") == rule(VoteMethod::borda, two));
  CHECK(parse("zscore(wrcor,plain)") == rule(VoteMethod::zscore, two));
  CHECK(parse("az(wrcor,plain)") == rule(VoteMethod::logrank, two));
  CHECK(parse("logrank(wrcor,plain)") == rule(VoteMethod::logrank, two));
  CHECK(parse("az(wrcor)") == rule(VoteMethod::logrank, {{"wrcor", higher}}));
}

TEST_CASE("a named vote has its members and method, and can take another method",
          "[score][votes]") {
  const std::vector<RankingMember> members{
      {"synflow", higher}, {"l2_norm", higher}, {"wrcor", higher}};
  CHECK(parse("spw") == rule(VoteMethod::pairwise, members));
  CHECK(parse("az(spw)") == rule(VoteMethod::logrank, members));
  CHECK(parse("mixed") ==
        rule(VoteMethod::logrank, {{"wrcor", higher}, {"plain", higher}, {"synflow", lower}}));
}

TEST_CASE("white space in a rule says nothing", "[score][votes]") {
  CHECK(parse(" az ( wrcor ,\t- synflow,+plain )\n") == parse("az(wrcor,-synflow,+plain)"));
  CHECK(parse("  spw ") == parse("spw"));
}

TEST_CASE("a rule's text has every direction and is read back", "[score][votes]") {
  CHECK(parse("spw").text() == "pairwise(+synflow,+l2_norm,+wrcor)");
  CHECK(parse("az(plain,wrcor)").text() == "logrank(-plain,+wrcor)");
  CHECK(parse("plain").text() == "-plain");
  for (const char* text : {"spw", "az(plain,wrcor)", "-wrcor", "wrcor,synflow", "zscore(mixed)"}) {
    CHECK(parse(parse(text).text()) == parse(text));
  }
}

TEST_CASE("what is wrong with a rule is said with its place", "[score][votes]") {
  CHECK(error_of("az(wrcor,synflwo)") ==
        "at character 10: unknown proxy or vote 'synflwo' (did you mean 'synflow'?); known proxies "
        "and votes: wrcor, synflow, plain, l2_norm, spw, mixed");
  CHECK(error_of("copland(wrcor)") ==
        "at character 1: unknown method 'copland' (did you mean 'copeland'?); known methods: "
        "copeland, pairwise, ranksum, borda, zscore, logrank, az");
  CHECK(error_of("wrcor,-wrcor") == "at character 8: 'wrcor' is listed twice");
  CHECK(error_of("wrcor,spw") ==
        "at character 7: the vote 'spw' cannot be a member; list its members: "
        "synflow,l2_norm,wrcor");
  CHECK(error_of("-spw") ==
        "at character 2: the vote 'spw' has no sign; give its members signs: "
        "synflow,l2_norm,wrcor");
  CHECK(error_of("-az(wrcor)") == "at character 2: a method has no sign; give its members signs");
}

TEST_CASE("syntax errors name what was found and what was expected", "[score][votes]") {
  const std::string start = "expected a proxy, a vote or METHOD(list), found ";
  CHECK(error_of("") == "at character 1: " + start + "the end");
  CHECK(error_of("  ") == "at character 3: " + start + "the end");
  CHECK(error_of(",wrcor") == "at character 1: " + start + "','");
  CHECK(error_of("\xC3\xA4") == "at character 1: " + start + "a character that no name has");
  CHECK(error_of("az(") == "at character 4: expected a proxy or a vote, found the end");
  CHECK(error_of("az()") == "at character 4: expected a proxy or a vote, found ')'");
  CHECK(error_of("az(wrcor") == "at character 9: expected ',' or ')', found the end");
  CHECK(error_of("az(zscore(wrcor))") == "at character 10: expected ',' or ')', found '('");
  CHECK(error_of("az(wrcor))") == "at character 10: expected ',' or the end, found ')'");
  CHECK(error_of("wrcor,") == "at character 7: expected a proxy, found the end");
  CHECK(error_of("wrcor plain") == "at character 7: expected ',' or the end, found 'p'");
  CHECK(error_of("--wrcor") == "at character 2: " + start + "'-'");
  CHECK(error_of(std::string(100'000, 'x')).size() < 300);
}

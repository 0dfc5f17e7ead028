#include "wrcor/score/ranking_rule.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

template <typename T>
const T* find(const std::vector<std::pair<std::string, T>>& entries, const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == entries.end() ? nullptr : &found->second;
}

template <typename T>
std::vector<std::string> names_of(const std::vector<std::pair<std::string, T>>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.first);
  return names;
}

bool is_name_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// A word of a rule: a proxy, a vote or a method.
struct Word {
  std::optional<Direction> sign;
  std::string name;
  std::size_t position = 0;  ///< of its first character in the text
};

class RuleParser {
 public:
  RuleParser(std::string_view text, const RankingNames& names) : text_(text), names_(names) {}

  RankingRule parse() {
    Word first = read_word("a proxy, a vote or METHOD(list)");
    std::optional<VoteMethod> method;
    std::vector<Word> words;
    if (next() == "(") {
      method = method_called(first);
      ++at_;
      words = read_list(read_word("a proxy or a vote"));
      expect(")", "',' or ')'");
    } else {
      words = read_list(std::move(first));
    }
    if (!next().empty()) fail(at_, "expected ',' or the end, found " + found());
    if (words.size() == 1 && find(names_.proxies, words[0].name) == nullptr) {
      if (const Vote* vote = find(names_.votes, words[0].name)) {
        return rule_of(*vote, words[0], method);
      }
    }
    RankingRule rule;
    for (const Word& word : words) add_member(rule, word);
    rule.method = method.value_or(words.size() == 1 ? VoteMethod::score : VoteMethod::copeland);
    return rule;
  }

 private:
  /// The next character that is not white space; empty at the end.
  std::string_view next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return text_.substr(at_, 1);
  }

  std::string found() {
    const std::string_view character = next();
    if (character.empty()) return "the end";
    const bool printable = std::isprint(static_cast<unsigned char>(character[0])) != 0;
    return printable ? "'" + std::string(character) + "'" : "a character that no name has";
  }

  [[noreturn]] static void fail(std::size_t position, const std::string& problem) {
    throw UsageError("at character " + std::to_string(position + 1) + ": " + problem);
  }

  void expect(std::string_view character, const char* expected) {
    if (next() != character) fail(at_, std::string("expected ") + expected + ", found " + found());
    ++at_;
  }

  Word read_word(const char* expected) {
    Word word;
    if (next() == "+" || next() == "-") {
      word.sign = next() == "+" ? Direction::higher : Direction::lower;
      ++at_;
    }
    next();
    word.position = at_;
    while (at_ < text_.size() && is_name_letter(text_[at_])) word.name += text_[at_++];
    if (word.name.empty()) fail(at_, std::string("expected ") + expected + ", found " + found());
    return word;
  }

  std::vector<Word> read_list(Word first) {
    std::vector<Word> words{std::move(first)};
    while (next() == ",") {
      ++at_;
      words.push_back(read_word("a proxy"));
    }
    return words;
  }

  static VoteMethod method_called(const Word& word) {
    if (word.sign) fail(word.position, "a method has no sign; give its members signs");
    for (const auto& entry : vote_methods().entries()) {
      if (entry.name == word.name) return entry.value;
    }
    fail_unknown("method", "methods", word, vote_methods().names());
  }

  RankingRule rule_of(const Vote& vote, const Word& word, std::optional<VoteMethod> method) {
    if (word.sign) {
      fail(word.position, "the vote '" + word.name +
                              "' has no sign; give its members signs: " + join(vote.members, ","));
    }
    const RankingNames members{names_.proxies, {}};
    RankingRule rule = RuleParser(join(vote.members, ","), members).parse();
    rule.method = method.value_or(vote.method);
    return rule;
  }

  void add_member(RankingRule& rule, const Word& word) {
    const Direction* registered = find(names_.proxies, word.name);
    if (registered == nullptr) {
      if (const Vote* vote = find(names_.votes, word.name)) {
        fail(word.position, "the vote '" + word.name + "' cannot be a member; list its members: " +
                                join(vote->members, ","));
      }
      std::vector<std::string> known = names_of(names_.proxies);
      const std::vector<std::string> votes = names_of(names_.votes);
      known.insert(known.end(), votes.begin(), votes.end());
      fail_unknown("proxy or vote", "proxies and votes", word, known);
    }
    for (const RankingMember& member : rule.members) {
      if (member.proxy == word.name) fail(word.position, "'" + word.name + "' is listed twice");
    }
    rule.members.push_back({word.name, word.sign.value_or(*registered)});
  }

  [[noreturn]] static void fail_unknown(const char* singular, const char* plural, const Word& word,
                                        const std::vector<std::string>& known) {
    constexpr std::size_t longest = 80;
    const std::string given =
        word.name.size() > longest ? word.name.substr(0, longest) + "..." : word.name;
    fail(word.position, unknown_name_message(singular, plural, given, known));
  }

  std::string_view text_;
  const RankingNames& names_;
  std::size_t at_ = 0;
};

}  // namespace

RankingNames registered_names() {
  RankingNames names;
  for (const auto& entry : proxies().entries()) {
    names.proxies.emplace_back(entry.name, entry.value.better);
  }
  for (const auto& entry : votes().entries()) names.votes.emplace_back(entry.name, entry.value);
  return names;
}

RankingRule RankingRule::parse(std::string_view text, const RankingNames& names) {
  return RuleParser(text, names).parse();
}

std::string RankingRule::text() const {
  std::vector<std::string> words;
  for (const RankingMember& member : members) {
    words.push_back((member.better == Direction::higher ? "+" : "-") + member.proxy);
  }
  for (const auto& entry : vote_methods().entries()) {
    if (entry.value == method) return entry.name + "(" + join(words, ",") + ")";
  }
  return join(words, ",");
}

}  // namespace wrcor

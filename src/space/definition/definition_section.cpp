#include "definition_section.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::size_t longest_name = 64;

bool is_null(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && scalar_value(node).is_null();
}

/// Nothing for anything but a 64-bit integer.
std::optional<std::int64_t> integer_of(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar) return std::nullopt;
  const nlohmann::json value = scalar_value(node);
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return value.get<std::int64_t>();
}

bool is_name(const std::string& text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !text.empty() && text.size() <= longest_name && text.front() != '-' &&
         text.find_first_not_of(letters) == std::string::npos;
}

}  // namespace

void DefinitionProblems::add(const YamlNode& at, const std::string& message) {
  problems_.push_back({at.line, at.column, message});
}

bool DefinitionProblems::enough() const { return problems_.size() >= Error::most_lines; }

std::vector<std::string> DefinitionProblems::lines() const {
  std::vector<Problem> ordered = problems_;
  std::ranges::stable_sort(
      ordered, {}, [](const Problem& problem) { return std::pair(problem.line, problem.column); });
  std::vector<std::string> lines;
  for (const Problem& problem : ordered)
    lines.push_back(
        fmt::format("{}:{}:{}: {}", file_, problem.line, problem.column, problem.message));
  return lines;
}

DefinitionSection::DefinitionSection(std::string path, const YamlNode& node,
                                     DefinitionProblems& problems)
    : path_(std::move(path)), node_(node), problems_(problems) {
  if (node.kind != YamlNode::Kind::map) {
    report("expected a mapping, got " + shown_value(node));
    return;
  }
  std::map<std::string, int> first_line;
  for (std::size_t k = 0; k + 1 < node.items.size(); k += 2) {
    const YamlNode& key = *node.items[k];
    if (key.kind != YamlNode::Kind::scalar) {
      problems_.add(key, path_ + ": expected a name as the key, got " + shown_value(key));
      continue;
    }
    const auto [seen, is_new] = first_line.emplace(key.text, key.line);
    if (is_new) {
      entries_.push_back({&key, node.items[k + 1].get()});
    } else {
      problems_.add(key, fmt::format("duplicate key {}, first given in line {}",
                                     in_quotes(path_ + "." + key.text), seen->second));
    }
  }
}

const YamlNode* DefinitionSection::find(const std::string& key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  for (const Entry& entry : entries_) {
    if (entry.key->text == key) return is_null(*entry.value) ? nullptr : entry.value;
  }
  return nullptr;
}

void DefinitionSection::report_missing(const std::string& key, const std::string& expected) {
  if (node_.kind == YamlNode::Kind::map)  // else that is the error
    report("the key '" + key + "' is missing; expected " + expected);
}

std::int64_t DefinitionSection::integer(const std::string& key, std::int64_t least,
                                        std::int64_t most, std::optional<std::int64_t> fallback) {
  const YamlNode* node = find(key);
  const std::string expected = fmt::format("an integer from {} to {}", least, most);
  if (node == nullptr) {
    if (!fallback) report_missing(key, expected);
    return fallback.value_or(least);
  }
  const auto value = integer_of(*node);
  if (value && *value >= least && *value <= most) return *value;
  report(key, *node, "expected " + expected + ", got " + shown_value(*node));
  return fallback.value_or(least);
}

std::int64_t DefinitionSection::odd(const std::string& key, std::int64_t most,
                                    std::int64_t fallback) {
  const YamlNode* node = find(key);
  if (node == nullptr) return fallback;
  const auto value = integer_of(*node);
  if (value && *value >= 1 && *value <= most && *value % 2 == 1) return *value;
  report(key, *node,
         fmt::format("expected an odd integer from 1 to {}, got {}", most, shown_value(*node)));
  return fallback;
}

double DefinitionSection::number(const std::string& key, double least, bool may_be_least,
                                 double most, double fallback) {
  const YamlNode* node = find(key);
  if (node == nullptr) return fallback;
  const nlohmann::json value =
      node->kind == YamlNode::Kind::scalar ? scalar_value(*node) : nlohmann::json();
  if (value.is_number()) {
    const double number = value.get<double>();
    if (number <= most && (number > least || (may_be_least && number == least))) return number;
  }
  report(key, *node,
         fmt::format("expected a number {} {} and at most {}, got {}",
                     may_be_least ? "of at least" : "above", least, most, shown_value(*node)));
  return fallback;
}

std::string DefinitionSection::name(const std::string& key) {
  const std::string expected = fmt::format(
      "a name of 1 to {} letters (a to z), digits, '-' and '_' that does not begin with '-'",
      longest_name);
  const YamlNode* node = find(key);
  if (node == nullptr) {
    report_missing(key, expected);
    return {};
  }
  if (node->kind == YamlNode::Kind::scalar && is_name(node->text)) return node->text;
  report(key, *node, "expected " + expected + ", got " + shown_value(*node));
  return {};
}

std::string DefinitionSection::choice(const std::string& key, const std::vector<std::string>& known,
                                      const std::string& singular, const std::string& plural) {
  const YamlNode* node = find(key);
  if (node == nullptr) {
    report_missing(key, "one of the " + plural + ": " + join(known));
    return {};
  }
  if (node->kind != YamlNode::Kind::scalar) {
    report(key, *node, "expected one of " + join(known) + ", got " + shown_value(*node));
    return {};
  }
  if (std::ranges::find(known, node->text) != known.end()) return node->text;
  report(key, *node,
         problems_.enough() ? "unknown " + singular
                            : unknown_name_message(singular, plural, node->text, known));
  return {};
}

std::vector<const YamlNode*> DefinitionSection::list(const std::string& key, std::size_t least,
                                                     std::size_t most, bool required,
                                                     const std::string& items) {
  const YamlNode* node = find(key);
  const std::string expected = fmt::format("a list of {} to {} {}", least, most, items);
  if (node == nullptr) {
    if (required) report_missing(key, expected);
    return {};
  }
  if (node->kind != YamlNode::Kind::sequence) {
    report(key, *node, "expected " + expected + ", got " + shown_value(*node));
    return {};
  }
  if (node->items.size() < least || node->items.size() > most) {
    report(key, *node, fmt::format("expected {}, got {}", expected, node->items.size()));
    return {};
  }
  std::vector<const YamlNode*> all;
  for (const auto& item : node->items) all.push_back(item.get());
  return all;
}

void DefinitionSection::report_unknown(const Entry& entry) {
  const std::string& key = entry.key->text;
  if (problems_.enough()) return problems_.add(*entry.key, "unknown key");
  const std::string nearest = nearest_name(key, known_);
  const std::string hint = nearest.empty() ? "" : " (did you mean '" + nearest + "'?)";
  problems_.add(*entry.key, "unknown key " + in_quotes(path_ + "." + key) + hint + ", got " +
                                shown_value(*entry.value) + "; known keys of " + path_ + ": " +
                                join(known_));
}

void DefinitionSection::finish() {
  for (const Entry& entry : entries_) {
    if (std::ranges::find(known_, entry.key->text) == known_.end()) report_unknown(entry);
  }
}

}  // namespace wrcor

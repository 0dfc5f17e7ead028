#include "cell_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/counted.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";
constexpr std::string_view piece_ends = "|+";

/// @param group  from 1
std::string_view ordinal(int group) {
  constexpr std::array<std::string_view, CellDefinition::most_nodes - 1> words = {
      "first", "second", "third", "fourth", "fifth", "sixth", "seventh"};
  return words.at(static_cast<std::size_t>(group - 1));
}

/// Reads one string from left to right; every error says where it stands.
class CellParser {
 public:
  CellParser(const CellDefinition& definition, std::string_view text)
      : definition_(definition),
        text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Genotype parse() {
    for (int group = 1; group < definition_.nodes; ++group) {
      if (group > 1) expect('+', "'+' and " + group_name(group));
      parse_group(group);
    }
    if (position_ < text_.size()) {
      fail(position_, found_here(),
           "the end of the text after the " + std::string(ordinal(definition_.nodes - 1)) +
               " group");
    }
    return genotype_;
  }

 private:
  void parse_group(int node) {
    const std::size_t group_start = position_;
    expect('|', "'|', which opens " + group_name(node));
    for (int source = 0; source < node; ++source) {
      if (source > 0 && (position_ == text_.size() || text_[position_] == '+')) {
        fail(position_, found_here(),
             "term " + std::to_string(source + 1) + " of node " + std::to_string(node) +
                 ", which takes " + counted(node, "term") + " (got " + std::to_string(source) +
                 ")");
      }
      parse_term(node, source);
      expect('|', "'|', which closes the term");
    }
    // What follows the last group is reported by the caller, whatever it looks like.
    if (node == definition_.nodes - 1 || position_ == text_.size() || text_[position_] == '+')
      return;
    fail_surplus(node, group_start);
  }

  void parse_term(int node, int expected_source) {
    const std::size_t start = position_;
    position_ = std::min(text_.find_first_of(piece_ends, start), text_.size());
    const std::string_view piece = text_.substr(start, position_ - start);
    const std::size_t tilde = piece.find('~');
    if (piece.empty()) fail(start, found_here(), "a term of the form op~source");
    if (tilde == 0) fail(start, quoted_bytes(piece), "an operation before '~': " + operations());
    if (tilde == std::string_view::npos) {
      require_operation(piece, start);
      fail(position_, found_here(), "'~' and the source after '" + std::string(piece) + "'");
    }
    genotype_.push_back(require_operation(piece.substr(0, tilde), start));
    require_source(piece.substr(tilde + 1), start + tilde + 1, node, expected_source);
  }

  int require_operation(std::string_view name, std::size_t start) const {
    const auto& all = definition_.operations;
    const auto known = std::ranges::find(all, name, &CellOperation::name);
    if (known != all.end()) return static_cast<int>(known - all.begin());
    const std::string nearest = nearest_name(name, names());
    fail(start, "unknown operation " + quoted_bytes(name),
         "one of " + operations() + (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
  }

  void require_source(std::string_view source, std::size_t start, int node, int expected) const {
    const std::string wanted = "source " + std::to_string(expected) + " in term " +
                               std::to_string(expected + 1) + " of node " + std::to_string(node);
    if (source.empty()) fail(start, found(start), wanted);
    const bool is_number = source.find_first_not_of("0123456789") == std::string_view::npos &&
                           (source.size() == 1 || source.front() != '0');
    if (!is_number) {
      fail(start, quoted_bytes(source), wanted + ": a decimal number without sign or leading zero");
    }
    const bool too_large = source.size() > 1 || source.front() - '0' >= node;
    if (too_large) {
      fail(start, "source " + quoted_bytes(source),
           wanted + ": a source is smaller than the node that it feeds");
    }
    const int given = source.front() - '0';
    if (given == expected) return;
    fail(start, "source " + quoted_bytes(source),
         wanted + (given < expected ? ": that source is a duplicate" : ": sources are in order"));
  }

  [[noreturn]] void fail_surplus(int node, std::size_t group_start) const {
    const std::size_t group_end = std::min(text_.find('+', group_start), text_.size());
    const std::string_view rest = text_.substr(position_, group_end - position_);
    const auto surplus = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '|')) +
                         (rest.back() == '|' ? 0 : 1);
    fail(position_, quoted_bytes(rest),
         "'+': node " + std::to_string(node) + " takes " + counted(node, "term") + ", got " +
             std::to_string(node + surplus) + " (duplicate source or surplus text)");
  }

  void expect(char wanted, const std::string& description) {
    if (position_ == text_.size() || text_[position_] != wanted) {
      fail(position_, found_here(), description);
    }
    ++position_;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const CellOperation& operation : definition_.operations) all.push_back(operation.name);
    return all;
  }
  std::string operations() const { return join(names()); }

  std::string group_name(int group) const {
    return "group " + std::to_string(group) + " of " + std::to_string(definition_.nodes - 1);
  }

  std::string found(std::size_t position) const {
    return position == text_.size() ? "the end of the text" : quoted_bytes(text_.substr(position));
  }
  std::string found_here() const { return found(position_); }

  [[noreturn]] void fail(std::size_t position, const std::string& found,
                         const std::string& expected) const {
    throw UsageError(definition_.name + " architecture string: at byte " +
                     std::to_string(position) + ": found " + found + ", expected " + expected);
  }

  const CellDefinition& definition_;
  std::string_view text_;  ///< without trailing white space
  std::size_t position_;
  Genotype genotype_;
};

}  // namespace

std::string quoted_bytes(std::string_view text) {
  constexpr std::size_t most_shown = 40;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  for (char letter : text) {
    if (shown.size() >= most_shown) return "'" + shown + "...'";
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += letter;
    } else {
      shown += "\\x";
      shown += digits[byte >> 4];
      shown += digits[byte & 15];
    }
  }
  return "'" + shown + "'";
}

Genotype parse_cell(const CellDefinition& definition, std::string_view text) {
  return CellParser(definition, text).parse();
}

std::string format_cell(const CellDefinition& definition, const Genotype& genotype) {
  std::string text;
  for (const CellEdge& edge : definition.edges(genotype)) {
    if (edge.source == 0) text += edge.target == 1 ? "|" : "+|";
    text.append(edge.operation.name).append("~").append(std::to_string(edge.source)).append("|");
  }
  return text;
}

}  // namespace wrcor

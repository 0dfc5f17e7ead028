#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cell.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"

namespace wrcor {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";
constexpr std::string_view piece_ends = "|+";
constexpr int group_count = nb201::node_count - 1;

/// The text in quotes, fit for a one-line message: at most about 40 characters, other bytes than
/// printable ASCII in hexadecimal.
std::string quoted(std::string_view text) {
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

std::string terms(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " term" : " terms");
}

/// Reads one string from left to right; every error says where it stands.
class CellParser {
 public:
  explicit CellParser(std::string_view text)
      : text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Genotype parse() {
    for (int group = 1; group <= group_count; ++group) {
      if (group > 1) expect('+', "'+' and group " + std::to_string(group) + " of 3");
      parse_group(group);
    }
    if (position_ < text_.size()) {
      fail(position_, found_here(), "the end of the text after the third group");
    }
    return genotype_;
  }

 private:
  void parse_group(int node) {
    const std::size_t group_start = position_;
    expect('|', "'|', which opens group " + std::to_string(node) + " of 3");
    for (int source = 0; source < node; ++source) {
      if (source > 0 && (position_ == text_.size() || text_[position_] == '+')) {
        fail(position_, found_here(),
             "term " + std::to_string(source + 1) + " of node " + std::to_string(node) +
                 ", which takes " + terms(node) + " (got " + std::to_string(source) + ")");
      }
      parse_term(node, source);
      expect('|', "'|', which closes the term");
    }
    // What follows the last group is reported by the caller, whatever it looks like.
    if (node == group_count || position_ == text_.size() || text_[position_] == '+') return;
    fail_surplus(node, group_start);
  }

  void parse_term(int node, int expected_source) {
    const std::size_t start = position_;
    position_ = std::min(text_.find_first_of(piece_ends, start), text_.size());
    const std::string_view piece = text_.substr(start, position_ - start);
    const std::size_t tilde = piece.find('~');
    if (piece.empty()) fail(start, found_here(), "a term of the form op~source");
    if (tilde == 0) fail(start, quoted(piece), "an operation before '~': " + operations());
    if (tilde == std::string_view::npos) {
      require_operation(piece, start);
      fail(position_, found_here(), "'~' and the source after '" + std::string(piece) + "'");
    }
    genotype_.push_back(require_operation(piece.substr(0, tilde), start));
    require_source(piece.substr(tilde + 1), start + tilde + 1, node, expected_source);
  }

  int require_operation(std::string_view name, std::size_t start) const {
    const auto& names = nb201::operation_names;
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end()) return static_cast<int>(known - names.begin());
    const std::string nearest = nearest_name(name, {names.begin(), names.end()});
    fail(start, "unknown operation " + quoted(name),
         "one of " + operations() + (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
  }

  void require_source(std::string_view source, std::size_t start, int node, int expected) const {
    const std::string wanted = "source " + std::to_string(expected) + " in term " +
                               std::to_string(expected + 1) + " of node " + std::to_string(node);
    if (source.empty()) fail(start, found(start), wanted);
    const bool is_number = source.find_first_not_of("0123456789") == std::string_view::npos &&
                           (source.size() == 1 || source.front() != '0');
    if (!is_number) {
      fail(start, quoted(source), wanted + ": a decimal number without sign or leading zero");
    }
    const bool too_large = source.size() > 1 || source.front() - '0' >= node;
    if (too_large) {
      fail(start, "source " + quoted(source),
           wanted + ": a source is smaller than the node that it feeds");
    }
    const int given = source.front() - '0';
    if (given == expected) return;
    fail(start, "source " + quoted(source),
         wanted + (given < expected ? ": that source is a duplicate" : ": sources are in order"));
  }

  [[noreturn]] void fail_surplus(int node, std::size_t group_start) const {
    const std::size_t group_end = std::min(text_.find('+', group_start), text_.size());
    const std::string_view rest = text_.substr(position_, group_end - position_);
    const auto surplus = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '|')) +
                         (rest.back() == '|' ? 0 : 1);
    fail(position_, quoted(rest),
         "'+': node " + std::to_string(node) + " takes " + terms(node) + ", got " +
             std::to_string(node + surplus) + " (duplicate source or surplus text)");
  }

  void expect(char wanted, const std::string& description) {
    if (position_ == text_.size() || text_[position_] != wanted) {
      fail(position_, found_here(), description);
    }
    ++position_;
  }

  static std::string operations() {
    return join({nb201::operation_names.begin(), nb201::operation_names.end()});
  }

  std::string found(std::size_t position) const {
    return position == text_.size() ? "the end of the text" : quoted(text_.substr(position));
  }
  std::string found_here() const { return found(position_); }

  [[noreturn]] static void fail(std::size_t position, const std::string& found,
                                const std::string& expected) {
    throw UsageError("nb201 architecture string: at byte " + std::to_string(position) + ": found " +
                     found + ", expected " + expected);
  }

  std::string_view text_;  ///< without trailing white space
  std::size_t position_;
  Genotype genotype_;
};

/// The pieces between commas and white space.
std::vector<std::string_view> pieces_of(std::string_view text) {
  constexpr std::string_view separators = ", \t\r\n\f\v";
  std::vector<std::string_view> pieces;
  for (std::size_t start = text.find_first_not_of(separators); start != text.npos;
       start = text.find_first_not_of(separators, start)) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    pieces.push_back(text.substr(start, end - start));
    start = end;
  }
  return pieces;
}

/// NASLib's name of a cell: a digit an edge, the edges by source, then by target; written
/// "(4, 0, 3, 1, 4, 3)", "[4 0 3 1 4 3]" or "(403143)".
/// Source: naslib/search_spaces/nasbench201/conversions.py of github.com/automl/NASLib.
class TupleParser {
 public:
  static bool is_tuple(std::string_view text) {
    const std::size_t start = text.find_first_not_of(white_space);
    return start != text.npos && (text[start] == '(' || text[start] == '[');
  }

  /// @param text  is_tuple()
  static Genotype parse(std::string_view text) {
    const std::size_t start = text.find_first_not_of(white_space);
    const std::size_t last = text.find_last_not_of(white_space);
    const char closing = text[start] == '(' ? ')' : ']';
    if (text[last] != closing) fail(text, std::string("'") + closing + "' at its end");
    std::string digits;
    const auto pieces = pieces_of(text.substr(start + 1, last - start - 1));
    for (const std::string_view piece : pieces) digits += piece;
    constexpr std::size_t edge_count = std::size(edges);
    const bool separate = pieces.size() == edge_count, together = pieces.size() == 1;
    if (digits.size() != edge_count || !(separate || together) ||
        digits.find_first_not_of("01234") != digits.npos) {
      fail(text,
           "six digits from 0 to 4: the operations (0 skip_connect, 1 none, 2 nor_conv_3x3, "
           "3 nor_conv_1x1, 4 avg_pool_3x3) of the edges 0->1, 0->2, 0->3, 1->2, 1->3, 2->3");
    }
    Genotype genotype(edge_count);
    for (std::size_t e = 0; e < edge_count; ++e)
      genotype[edges[e]] = operations[static_cast<std::size_t>(digits[e] - '0')];
    return genotype;
  }

 private:
  /// The position in a genotype of each edge of a tuple.
  static constexpr std::array<std::size_t, NasBench201::edge_count> edges = {0, 1, 3, 2, 4, 5};
  static constexpr std::array<int, NasBench201::operation_count> operations = {
      NasBench201::skip_connect, NasBench201::none, NasBench201::nor_conv_3x3,
      NasBench201::nor_conv_1x1, NasBench201::avg_pool_3x3};

  [[noreturn]] static void fail(std::string_view text, const std::string& expected) {
    throw UsageError("nb201 tuple of NASLib: found " + quoted(text) + ", expected " + expected);
  }
};

}  // namespace

Genotype NasBench201::parse(std::string_view text) const {
  return TupleParser::is_tuple(text) ? TupleParser::parse(text) : CellParser(text).parse();
}

std::string NasBench201::format(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  std::string text;
  for (int e = 0; e < edge_count; ++e) {
    const auto [source, target] = nb201::edges[e];
    if (source == 0) text += target == 1 ? "|" : "+|";
    text.append(nb201::operation_names[genotype[e]]).append("~").append(std::to_string(source));
    text += '|';
  }
  return text;
}

}  // namespace wrcor

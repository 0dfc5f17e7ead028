#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cell.h"
#include "space/cell/cell_text.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

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
    throw UsageError("nb201 tuple of NASLib: found " + quoted_bytes(text) + ", expected " +
                     expected);
  }
};

}  // namespace

Genotype NasBench201::parse(std::string_view text) const {
  return TupleParser::is_tuple(text) ? TupleParser::parse(text) : cells_->parse(text);
}

}  // namespace wrcor

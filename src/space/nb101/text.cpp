#include "text.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/counted.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::nb101 {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

/// Reads one text; every error says where it stands.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Cell read() {
    const std::size_t start = position_;
    Cell cell;
    read_matrix(cell);
    read_operations(cell);
    const std::optional<Cell> connected = pruned(cell);
    if (!connected)
      fail(start, found(start), "a matrix with a path from the first vertex to the last");
    if (connected->edges() > most_edges)
      fail(start, counted(connected->edges(), "edge") + " between input and output", "at most 9");
    return *connected;
  }

 private:
  void read_matrix(Cell& cell) {
    const std::size_t start = position_;
    constexpr std::size_t most_bits = most_vertices * most_vertices;
    const std::size_t end = std::min(text_.find_first_not_of("01", start), text_.size());
    cell.vertices = 2;
    while (static_cast<std::size_t>(cell.vertices * cell.vertices) < end - start &&
           cell.vertices < most_vertices)
      ++cell.vertices;
    const std::size_t bits = end - start;
    if (bits > most_bits || static_cast<std::size_t>(cell.vertices * cell.vertices) != bits)
      fail(end, counted(bits, "digit") + " before " + found(end),
           "a matrix of 0 and 1 for 2 to 7 vertices: 4, 9, 16, 25, 36 or 49 digits");
    for (int source = 0; source < cell.vertices; ++source) {
      for (int target = 0; target < cell.vertices; ++target, ++position_) {
        if (text_[position_] == '0') continue;
        if (source >= target)
          fail(position_,
               "an edge from vertex " + std::to_string(source) + " to " + std::to_string(target),
               "edges from lower to higher vertices only (an upper triangular matrix)");
        cell.set_edge(source, target);
      }
    }
    if (position_ == text_.size() || text_[position_] != '/')
      fail(position_, found(position_), "'/' after the matrix");
    ++position_;
  }

  /// The names that follow, and where each starts.
  struct Name {
    std::string_view text;
    std::size_t start;
  };

  void read_operations(Cell& cell) const {
    std::vector<Name> names = split();
    const bool with_ends = !names.empty() && names.front().text == "input";
    const std::size_t interior = static_cast<std::size_t>(cell.vertices) - 2;
    const std::size_t wanted = interior + (with_ends ? 2 : 0);
    for (std::size_t k = 0; k < std::min(names.size(), wanted); ++k) {
      const auto& [name, start] = names[k];
      if (with_ends && k == 0) continue;
      if (with_ends && k == wanted - 1) {
        if (name != "output") fail(start, in_quotes(name), "'output' as the last operation");
        continue;
      }
      cell.set_operation(static_cast<int>(k) + (with_ends ? 0 : 1), operation(name, start));
    }
    if (names.size() == wanted) return;
    const std::size_t place = names.size() > wanted ? names[wanted].start : text_.size();
    fail(place, counted(names.size(), "operation") + (names.size() == most_names ? " or more" : ""),
         std::to_string(interior) + ", one for each vertex between input and output" +
             (with_ends ? ", and 'input' and 'output'" : ""));
  }

  static constexpr std::size_t most_names = most_vertices + 1;  // one too many

  std::vector<Name> split() const {
    std::vector<Name> names;
    if (position_ == text_.size()) return names;
    const char separator = text_.find(';', position_) == text_.npos ? ',' : ';';
    for (std::size_t start = position_; names.size() < most_names;) {
      const std::size_t end = std::min(text_.find(separator, start), text_.size());
      names.push_back({text_.substr(start, end - start), start});
      if (end == text_.size()) break;
      start = end + 1;
    }
    return names;
  }

  int operation(std::string_view name, std::size_t start) const {
    const auto known = std::find(operation_names.begin(), operation_names.end(), name);
    if (known != operation_names.end()) return static_cast<int>(known - operation_names.begin());
    const std::vector<std::string> names(operation_names.begin(), operation_names.end());
    const std::string nearest = nearest_name(name, names);
    fail(start, "unknown operation " + in_quotes(name),
         "one of " + join(names) + (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
  }

  std::string found(std::size_t position) const {
    return position == text_.size() ? "the end of the text" : in_quotes(text_.substr(position));
  }

  [[noreturn]] static void fail(std::size_t position, const std::string& found,
                                const std::string& expected) {
    throw UsageError("nb101 cell: at byte " + std::to_string(position) + ": found " + found +
                     ", expected " + expected);
  }

  std::string_view text_;  ///< without trailing white space
  std::size_t position_;
};

}  // namespace

Cell parse_cell(std::string_view text) { return Reader(text).read(); }

std::string format_cell(const Cell& cell) {
  std::string text;
  for (int source = 0; source < cell.vertices; ++source) {
    for (int target = 0; target < cell.vertices; ++target)
      text += cell.has_edge(source, target) ? '1' : '0';
  }
  text += '/';
  for (int v = 1; v < cell.output(); ++v)
    text.append(v == 1 ? "" : ",")
        .append(operation_names[static_cast<std::size_t>(cell.operation(v))]);
  return text;
}

}  // namespace wrcor::nb101

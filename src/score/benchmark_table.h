#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "score/benchmark_key.h"
#include "wrcor/score/proxies.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A column of figures, and whether higher or lower is better.
struct FigureColumn {
  std::string name;
  Direction better = Direction::higher;

  /// Reads "COLUMN", or "-COLUMN" if lower is better.
  static FigureColumn parse(const std::string& text);
  /// Inverse of parse().
  std::string text() const { return better == Direction::lower ? "-" + name : name; }
  /// The figure, negated if lower is better; its own inverse.
  double oriented(double figure) const { return better == Direction::lower ? -figure : figure; }
};

/// Markers of a table for missing figures: numbers, in any notation, or other texts.
using MissingFigures = std::vector<std::string>;

/// Figures of trained networks, such as accuracies: one row per architecture, in the order of the
/// architecture strings.
class BenchmarkTable {
 public:
  /// Reads a CSV file (see CsvReader) with a key column and columns of numbers; an empty field is a
  /// missing value, and so are those of `missing`. Other columns are ignored. Architectures match
  /// by identity, not by spelling.
  /// @param space  outlives the table where it has recorded_as()
  /// @throws DataError for a file that cannot be read, a field that is not an architecture or not a
  ///         finite number, two rows of one architecture; UsageError for columns that the file
  ///         lacks
  static BenchmarkTable read(const std::filesystem::path& path, const SearchSpace& space,
                             const BenchmarkKey& key, const std::set<std::string>& columns,
                             const MissingFigures& missing = {});

  /// The same from the text of such a file. @param name  of the file, for messages
  static BenchmarkTable parse(std::string text, const std::string& name, const SearchSpace& space,
                              const BenchmarkKey& key, const std::set<std::string>& columns,
                              const MissingFigures& missing = {});

  std::size_t size() const { return archs_.size(); }
  /// The architecture of a row as SearchSpace::format() writes it.
  const std::string& arch(std::size_t row) const { return archs_.at(row); }
  /// Its row; else the only one of an isomorphic architecture, where the space's benchmark has one
  /// record for all of them. @param arch  as SearchSpace::format() writes it
  std::optional<std::size_t> find(const std::string& arch) const;
  /// @param column  one of those read
  const std::optional<double>& value(std::size_t row, const std::string& column) const {
    return columns_.at(column).at(row);
  }

 private:
  std::vector<std::string> archs_;                  ///< sorted
  const SearchSpace* space_ = nullptr;              ///< has recorded_as()
  std::multimap<Genotype, std::size_t> by_record_;  ///< rows by recorded_as(), with `space_`
  std::map<std::string, std::vector<std::optional<double>>> columns_;
};

/// The best figure of a column.
struct BenchmarkOptimum {
  std::string arch;
  double value = 0;
};
/// The first of equals; an empty name when the column has no figure.
/// @param column  one of those read
BenchmarkOptimum optimum_of(const BenchmarkTable& table, const FigureColumn& column);

}  // namespace wrcor

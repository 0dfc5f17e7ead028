#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

class CsvReader;

/// The column by which a table names its architectures.
struct BenchmarkKey {
  enum class Kind {
    arch,   ///< architecture strings
    id,     ///< SearchSpace::index()
    index,  ///< the numbering of the space's benchmark if it has one, else like id
    naslib  ///< NASLib's tuples of operations: "(4, 0, 3, 1, 4, 3)" or "403143"
  };
  Kind kind = Kind::arch;
  std::string column = "arch";

  /// Reads "arch", "id", "index" or "naslib", followed by "=COLUMN" when the column has another
  /// name.
  /// @throws UsageError.
  static BenchmarkKey parse(std::string_view text);
};

/// The columns of a key in one table: "matrix/ops" are two, unless one has that name.
class KeyColumns {
 public:
  /// @throws UsageError for a column that the table lacks
  KeyColumns(const BenchmarkKey& key, const CsvReader& csv);

  /// The architecture of the reader's record. @throws DataError for a field that names none
  Genotype read(const SearchSpace& space, const CsvReader& csv) const;

 private:
  std::string text_of(const CsvReader& csv) const;

  BenchmarkKey::Kind kind_;
  std::vector<std::size_t> columns_;
};

}  // namespace wrcor

#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "score/benchmark_key.h"

namespace wrcor {

/// Which rows of a table of curves are read, and which of its figures.
struct CurveSelection {
  /// Columns and the text that a row has in each, such as hp and 200.
  std::vector<std::pair<std::string, std::string>> rows = {};
  std::vector<std::string> columns = {};  ///< of figures

  /// Reads "hp=200" and so on into `rows`. @param flag  that gives them @throws UsageError
  void parse_rows(const std::string& flag, const std::vector<std::string>& texts);
};

/// Learning curves: figures of networks after each epoch of one training, means over the seeds.
class CurveTable {
 public:
  /// Reads a CSV file (see CsvReader) with a key column, a column `epoch`, columns of figures and,
  /// where a network was trained several times, a column `seed`. Epochs count from 0 or from 1. An
  /// empty field is a figure that was not recorded.
  /// @throws DataError for a file that cannot be read, a field of the wrong kind, two rows of one
  ///         architecture, seed and epoch, and when no row is selected; UsageError for columns that
  ///         the file lacks
  static CurveTable read(const std::filesystem::path& path, const SearchSpace& space,
                         const BenchmarkKey& key, const CurveSelection& selection);

  /// The same from the text of such a file. @param name  of the file, for messages
  static CurveTable parse(std::string text, const std::string& name, const SearchSpace& space,
                          const BenchmarkKey& key, const CurveSelection& selection);

  /// The number of architectures.
  std::size_t size() const { return curves_.size(); }
  /// The mean over the seeds that recorded it.
  /// @param arch    as SearchSpace::format() writes it
  /// @param column  one of those read
  /// @param epochs  of training, from 1
  std::optional<double> value(const std::string& arch, const std::string& column, int epochs) const;

 private:
  struct Mean {
    double value = 0;
    int count = 0;
    void add(double figure);
  };
  using Curve = std::map<int, std::vector<Mean>>;  ///< by epoch as written, then by column

  std::vector<std::string> columns_;
  std::map<std::string, Curve> curves_;
  int first_epoch_ = 0;
};

}  // namespace wrcor

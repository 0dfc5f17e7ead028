#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace wrcor {

/// Reads a CSV text (RFC 4180) with a header line, record by record. Lines end with LF or CRLF;
/// a UTF-8 byte order mark and empty lines are skipped. Errors name file, line and byte in the
/// line: "table.csv:12:34: ...".
class CsvReader {
 public:
  static constexpr std::size_t most_columns = 4096;
  static constexpr std::size_t longest_field = 65536;  ///< bytes

  /// @param name  of the file, for messages
  /// @throws DataError when there is no header
  CsvReader(std::string text, std::string name);

  const std::vector<std::string>& header() const { return header_; }
  /// Number of the column with this name. @throws UsageError that lists the columns; DataError when
  /// two columns have the name.
  std::size_t column(const std::string& name) const;

  /// Advances to the next record; false at the end. @throws DataError for a record of more or fewer
  /// fields than the header, for quotes in the wrong place, and beyond the limits.
  bool next();

  const std::string& field(std::size_t column) const { return fields_.at(column).text; }
  /// All fields of the record.
  std::vector<std::string> fields() const;
  /// A field as a finite number; nothing when it is empty. @throws DataError.
  std::optional<double> number(std::size_t column) const;
  /// Where a field begins: "table.csv:12:34".
  std::string place(std::size_t column) const;
  std::size_t line() const { return fields_.empty() ? line_ : fields_.front().line; }

 private:
  struct Field {
    std::string text;
    std::size_t line, byte;
  };

  bool read_record();
  Field read_field();
  void read_quoted(Field& field);
  bool at_line_end() const;
  void skip_line_end();
  char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  std::string place(const Field& field) const;

  std::string text_;
  std::string name_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
  std::vector<std::string> header_;
  std::vector<Field> fields_;
};

}  // namespace wrcor

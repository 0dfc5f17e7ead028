#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>

namespace wrcor {

/// Content of a text file, without a byte order mark. Reading stops at the first byte that is not
/// text, so that a device or a large file of another kind costs nothing.
///
/// @param longest  maximum size of the file in bytes
/// @throws DataError naming the file when it cannot be read, is longer, or contains NUL bytes or
///         bytes that are not UTF-8
std::string read_text_file(const std::filesystem::path& path, std::uint64_t longest);

/// The lines of a text, one at a time: neither the text nor a line needs to fit into memory.
class LineReader {
 public:
  static constexpr std::size_t longest_line = 65535;  ///< bytes

  /// @param stream  outlives the object
  /// @param name    of the text, for messages
  LineReader(std::istream& stream, std::string name);

  /// Advances to the next line; false at the end. A byte order mark is skipped.
  /// @throws DataError for a line that is too long, or that contains NUL bytes; when reading fails
  bool next();

  const std::string& line() const { return line_; }  ///< without its line feed
  std::string place() const;                         ///< "cells.txt:12"

 private:
  std::istream& stream_;
  std::string name_;
  std::string line_;
  std::uint64_t number_ = 0;
};

}  // namespace wrcor

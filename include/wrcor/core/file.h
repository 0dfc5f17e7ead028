#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// Opens a file, or a pipe, to read its bytes. @throws DataError naming it and the system's reason.
std::ifstream open_to_read(const std::filesystem::path& path);

/// Whole content of a file, or of a pipe. @throws DataError naming the file and the system's
/// reason, or the limit that it exceeds.
/// @param longest  bytes that such a file may have
std::string read_file(const std::filesystem::path& path, std::uint64_t longest = 1 << 30);

/// Replaces `path` by `content` so that a reader, or a crash, sees
/// the old file or the new one, never a part: writes a temporary file
/// beside it, flushes it to the disk, renames it. @throws RunError.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

/// A file that only grows; every line is on the disk when `append_line` returns. Locked against
/// other processes while the object lives; the lock goes with the process, however it ends.
class AppendOnlyFile {
 public:
  /// Opens or creates. @throws RunError; UsageError when another process holds the file.
  explicit AppendOnlyFile(std::filesystem::path path);
  ~AppendOnlyFile();
  AppendOnlyFile(const AppendOnlyFile&) = delete;
  AppendOnlyFile& operator=(const AppendOnlyFile&) = delete;

  bool empty() const;
  /// Content in lines, without line feeds.
  struct Lines {
    std::vector<std::string> complete;
    std::string incomplete;  ///< what follows the last line feed: the trace of a crash
  };
  /// @throws DataError.
  Lines lines() const;
  /// Cuts `lines.incomplete` off the file, with a warning, if there is any. @throws RunError.
  void drop_incomplete(const Lines& lines);

  /// Appends `line` and a line feed in one write. A write that fails half way is taken back.
  /// @throws RunError.
  void append_line(std::string_view line);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace wrcor

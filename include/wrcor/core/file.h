#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// Whole content of a file. @throws DataError naming the file and the system's reason.
std::string read_file(const std::filesystem::path& path);

/// Replaces `path` by `content` so that a reader, or a crash, sees
/// the old file or the new one, never a part: writes a temporary file
/// beside it, flushes it to the disk, renames it. @throws RunError.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

/// Creates a folder and those above it that do not exist. @throws RunError.
void create_folders(const std::filesystem::path& path);

/// Waits until what was created, renamed or removed in the folder is on the disk, where the file
/// system can tell.
void flush_directory(const std::filesystem::path& directory);

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

#pragma once

#include <ext/stdio_filebuf.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.h"

namespace wrcor {

/// The bytes of an open file. A system error while reading sets badbit, never the end of the file.
class InputFile final : public std::istream {
 public:
  explicit InputFile(Descriptor opened);

 private:
  __gnu_cxx::stdio_filebuf<char> buffer_;
};

/// Why something cannot be opened: "No such file or directory", "a named pipe, not a file".
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Opens a regular file. A folder, a named pipe, a device or a socket is refused without waiting
/// for it. The streams that a shell passes as /dev/stdin or, for `<(...)`, as /dev/fd/N, and
/// /dev/null, count as files. @throws Unreadable
InputFile open_input(const std::filesystem::path& path);

/// The same. @throws DataError naming the file and the reason.
InputFile open_to_read(const std::filesystem::path& path);

/// The standard input of the process, from its current position on. @throws DataError
InputFile standard_input();

/// Whole content of what open_input() opens. @throws DataError naming the file and the reason, or
/// the limit that it exceeds; RunError when memory runs out.
/// @param longest  maximum size of the file in bytes
std::string read_file(const std::filesystem::path& path, std::uint64_t longest = 1 << 30);

/// Whether a file or folder of that name exists. @throws DataError when this cannot be determined,
/// as in a folder without search permission.
bool file_exists(const std::filesystem::path& path);

/// Replaces `path` by `content` so that a reader, or a crash, sees the old file or the new one,
/// never a part: writes a temporary file next to it, flushes it to the disk, renames it. @throws
/// RunError.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

/// Receives a text piece by piece.
using TextSink = std::function<void(std::string_view piece)>;

/// The same for a content that is never in memory as a whole.
/// @param write  passes all of it to the sink; if it throws, the old file stays
void write_file_atomic(const std::filesystem::path& path,
                       const std::function<void(const TextSink&)>& write);

/// The same for a file that must not exist. @throws RunError; UsageError when it does
void write_new_file(const std::filesystem::path& path, std::string_view content);

/// A name for a temporary file or folder next to `path`, such as "result.json.partial.<16 digits>".
/// Half of the digits are random, so that no two processes have the same name. The other half are a
/// hash of those and the name, so that no file of another origin is mistaken for one.
std::filesystem::path partial_path(const std::filesystem::path& path);

/// Removes files named by partial_path() that killed processes left next to `path`. The caller must
/// keep other processes from writing `path`.
void remove_partial_files(const std::filesystem::path& path);

/// Makes a folder, and those above it, so that they survive a crash of the machine. It may exist.
/// @return those that did not exist, the innermost last
/// @throws RunError
std::vector<std::filesystem::path> make_folder(const std::filesystem::path& path);

/// Folders that were made for later output: those that stay empty are removed with the object.
class CreatedFolders {
 public:
  /// @param made  as make_folder() returns them
  explicit CreatedFolders(std::vector<std::filesystem::path> made = {}) : made_(std::move(made)) {}
  ~CreatedFolders();
  CreatedFolders(CreatedFolders&&) = default;
  CreatedFolders& operator=(CreatedFolders&&) = delete;

 private:
  std::vector<std::filesystem::path> made_;
};

/// Flushes the names in a folder to the disk: without it a crash of the machine loses a new file
/// even if its content was flushed. @throws RunError
void flush_folder(const std::filesystem::path& folder);

/// A file of lines that only grows; every line is on the disk when append_line() returns. One
/// process at a time may write it (see FileLock).
class AppendOnlyFile {
 public:
  /// Kinds of files that may be at the path.
  enum class Accepts {
    files,   ///< a regular file only
    streams  ///< also a pipe or a device
  };

  /// Opens or creates. @throws DataError for what is not accepted; RunError.
  explicit AppendOnlyFile(std::filesystem::path path, Accepts accepts = Accepts::files);

  bool empty() const { return size_ == 0; }

  /// Content in lines, without line feeds.
  struct Lines {
    std::vector<std::string> complete;
    /// The last line, if a crash tore it: it has no line feed, or has zero bytes, which a crash of
    /// the machine leaves where data did not reach the disk.
    std::string incomplete;
  };
  /// @throws DataError; RunError when the file changes meanwhile.
  Lines lines() const;
  /// The same for a file that is only read. @throws DataError.
  static Lines lines_of(const std::filesystem::path& path);
  /// Cuts `lines.incomplete` off the file, with a warning, if it is not empty. @throws RunError.
  void drop_incomplete(const Lines& lines);

  /// @throws RunError when an append has failed, or when the file was moved or changed: nothing can
  /// be appended then.
  void require_intact() const;

  /// Appends `line` and a line feed. A failed write is undone, and nothing is appended after it:
  /// once a flush has failed, it is unknown whether earlier data are on the disk.
  /// @throws RunError; OutputClosed (core/output_closed.h) for a pipe without a reader
  void append_line(std::string_view line);

 private:
  bool cut(std::int64_t size);
  void require_size(std::int64_t found) const;

  std::filesystem::path path_;
  Descriptor opened_;
  bool regular_ = true;    ///< not a pipe or a device
  std::int64_t size_ = 0;  ///< expected size of the file in bytes
  std::string failure_;    ///< of an append
};

}  // namespace wrcor

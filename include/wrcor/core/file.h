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

#include "wrcor/core/descriptor.h"

namespace wrcor {

/// The bytes of an open file. An error of the system while they are read sets badbit, never the end
/// of the file.
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
/// for it; the streams that a shell hands over as /dev/stdin or, for `<(...)`, as /dev/fd/N, and
/// /dev/null, are as good as files. @throws Unreadable
InputFile open_input(const std::filesystem::path& path);

/// The same. @throws DataError naming the file and the reason.
InputFile open_to_read(const std::filesystem::path& path);

/// The standard input of the process, from its present place on. @throws DataError
InputFile standard_input();

/// Whole content of what open_input() opens. @throws DataError naming the file and the reason, or
/// the limit that it exceeds; RunError without memory for it.
/// @param longest  bytes that such a file may have
std::string read_file(const std::filesystem::path& path, std::uint64_t longest = 1 << 30);

/// Whether there is a file or folder of that name. @throws DataError when that cannot be seen, as
/// below a folder that may not be looked into.
bool file_exists(const std::filesystem::path& path);

/// Replaces `path` by `content` so that a reader, or a crash, sees
/// the old file or the new one, never a part: writes a temporary file
/// beside it, flushes it to the disk, renames it. @throws RunError.
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

/// Takes a text piece by piece.
using TextSink = std::function<void(std::string_view piece)>;

/// The same for a content that is never in memory as a whole.
/// @param write  hands all of it to the sink; what it throws leaves the old file
void write_file_atomic(const std::filesystem::path& path,
                       const std::function<void(const TextSink&)>& write);

/// The same for a file that must not exist. @throws RunError; UsageError when it does
void write_new_file(const std::filesystem::path& path, std::string_view content);

/// A name for a temporary file or folder beside `path`, such as "result.json.partial.<16 digits>":
/// half of the digits are drawn, so that no two processes have the same one, and half are a hash of
/// those and the name, so that nothing of another origin is taken for one.
std::filesystem::path partial_path(const std::filesystem::path& path);

/// Removes what processes that were killed left beside `path` by names of partial_path().
/// For one who keeps other processes from writing `path`.
void remove_partial_files(const std::filesystem::path& path);

/// Makes a folder, and those above it, that a machine which goes down does not lose. It may exist.
/// @return those that did not, the innermost last
/// @throws RunError
std::vector<std::filesystem::path> make_folder(const std::filesystem::path& path);

/// Folders that were made for what is to be written into them: those that stay empty go with the
/// object.
class MadeFolders {
 public:
  /// @param made  as make_folder() returns them
  explicit MadeFolders(std::vector<std::filesystem::path> made = {}) : made_(std::move(made)) {}
  ~MadeFolders();
  MadeFolders(MadeFolders&&) = default;
  MadeFolders& operator=(MadeFolders&&) = delete;

 private:
  std::vector<std::filesystem::path> made_;
};

/// Brings the names in a folder to the disk: without it a machine that goes down forgets a new
/// file, however well its content was flushed. @throws RunError
void flush_folder(const std::filesystem::path& folder);

/// A file of lines that only grows; every line is on the disk when append_line() returns. One
/// process at a time may write it (see FileLock).
class AppendOnlyFile {
 public:
  /// What may be at the place of the file.
  enum class Accepts {
    files,   ///< a regular file only
    streams  ///< a pipe or a device as well
  };

  /// Opens or creates. @throws DataError for what is not accepted; RunError.
  explicit AppendOnlyFile(std::filesystem::path path, Accepts accepts = Accepts::files);

  bool empty() const { return size_ == 0; }

  /// Content in lines, without line feeds.
  struct Lines {
    std::vector<std::string> complete;
    /// The last line, if a crash tore it: it has no line feed, or bytes of zero, which a machine
    /// that goes down leaves where data did not reach the disk.
    std::string incomplete;
  };
  /// @throws DataError; RunError when the file changes meanwhile.
  Lines lines() const;
  /// Those of such a file, which is only read. @throws DataError.
  static Lines lines_of(const std::filesystem::path& path);
  /// Cuts `lines.incomplete` off the file, with a warning, if there is any. @throws RunError.
  void drop_incomplete(const Lines& lines);

  /// @throws RunError when an append has failed, or when the file is no longer at its place or no
  /// longer what was written: nothing can be appended then.
  void require_intact() const;

  /// Appends `line` and a line feed. What a failed write leaves is taken back, and nothing is
  /// appended after it: whether earlier data are on the disk is unknown once a flush has failed.
  /// @throws RunError.
  void append_line(std::string_view line);

 private:
  bool cut(std::int64_t size);
  void require_size(std::int64_t found) const;

  std::filesystem::path path_;
  Descriptor opened_;
  bool regular_ = true;    ///< not a pipe or a device
  std::int64_t size_ = 0;  ///< bytes that the file has to have
  std::string failure_;    ///< of an append
};

}  // namespace wrcor

#include "core/file.h"

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <random>

#include "core/hash.h"
#include "core/output_closed.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

constexpr std::string_view partial_mark = ".partial.";
constexpr std::size_t drawn_digits = 8;

std::string reason() { return std::strerror(errno); }

[[noreturn]] void fail_to_write(const std::filesystem::path& path, const std::string& why) {
  throw RunError("cannot write '" + path.string() + "': " + why);
}

[[noreturn]] void fail_to_read(const std::filesystem::path& path, const std::string& why) {
  throw DataError("cannot read '" + path.string() + "': " + why);
}

/// The reason to refuse a file that is not a regular one.
std::string not_a_file(mode_t mode) {
  const char* found = S_ISDIR(mode)    ? std::strerror(EISDIR)
                      : S_ISFIFO(mode) ? "a named pipe"
                      : S_ISSOCK(mode) ? "a socket"
                                       : "a device";
  return std::string(found) + ", not a file";
}

/// Opening a named pipe for writing would wait for a reader.
void require_file_or_nothing(const std::filesystem::path& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0 || S_ISREG(file.st_mode)) return;
  throw DataError("cannot write '" + path.string() + "': " + not_a_file(file.st_mode));
}

/// Whether a path names a stream that a shell passes, or /dev/null.
bool is_name_of_stream(const std::string& path) {
  return path == "/dev/stdin" || path == "/dev/null" || path.starts_with("/dev/fd/") ||
         path.starts_with("/proc/self/fd/");
}

/// Opens what open_input() accepts. @throws Unreadable
Descriptor opened_input(const std::filesystem::path& path) {
  // Non-blocking, so as not to wait for the other end of a named pipe.
  Descriptor opened(uninterrupted(
      [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
  const int error = errno;
  struct stat file {};
  if (!opened && error == ENXIO && ::stat(path.c_str(), &file) == 0)
    throw Unreadable(not_a_file(file.st_mode));  // a socket
  if (!opened) throw Unreadable(std::strerror(error));
  if (::fstat(opened.number(), &file) != 0) throw Unreadable(reason());
  if (S_ISREG(file.st_mode)) return opened;
  if (S_ISDIR(file.st_mode) || !is_name_of_stream(path.native()))
    throw Unreadable(not_a_file(file.st_mode));
  const int flags = ::fcntl(opened.number(), F_GETFL);
  if (::fcntl(opened.number(), F_SETFL, flags & ~O_NONBLOCK) != 0) throw Unreadable(reason());
  return opened;
}

/// @throws Unreadable, also for a file that is larger
std::string content_of(const std::filesystem::path& path, std::uint64_t longest) {
  const Descriptor opened = opened_input(path);
  struct stat file {};
  if (::fstat(opened.number(), &file) != 0) throw Unreadable(reason());
  const auto require_at_most = [longest](std::uint64_t size) {
    if (size > longest) throw Unreadable("it is larger than " + std::to_string(longest) + " bytes");
  };
  if (S_ISREG(file.st_mode)) require_at_most(static_cast<std::uint64_t>(file.st_size));
  // One extra byte: the end is found without growing the buffer.
  std::string content(S_ISREG(file.st_mode) ? static_cast<std::size_t>(file.st_size) + 1 : 65536,
                      '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t count = uninterrupted(
        [&] { return ::read(opened.number(), content.data() + size, content.size() - size); });
    if (count < 0) throw Unreadable(reason());
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    require_at_most(size);
    if (size == content.size()) content.resize(2 * size);
  }
  content.resize(size);
  return content;
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written =
        uninterrupted([&] { return ::write(descriptor, content.data(), content.size()); });
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Flushes a file to the disk; a pipe or a device needs no flush.
bool flush(int descriptor, int (*how)(int)) {
  return uninterrupted([&] { return how(descriptor); }) == 0 || errno == EINVAL ||
         errno == EOPNOTSUPP;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

InputFile::InputFile(Descriptor opened)
    : std::istream(nullptr), buffer_(opened.release(), std::ios::in | std::ios::binary) {
  rdbuf(&buffer_);
}

InputFile open_input(const std::filesystem::path& path) { return InputFile(opened_input(path)); }

InputFile open_to_read(const std::filesystem::path& path) {
  try {
    return open_input(path);
  } catch (const Unreadable& reason) {
    fail_to_read(path, reason.what());
  }
}

InputFile standard_input() {
  Descriptor copy(::dup(STDIN_FILENO));
  if (!copy) throw DataError("cannot read standard input: " + reason());
  return InputFile(std::move(copy));
}

std::string read_file(const std::filesystem::path& path, std::uint64_t longest) {
  try {
    return content_of(path, longest);
  } catch (const Unreadable& reason) {
    fail_to_read(path, reason.what());
  } catch (const std::bad_alloc&) {
    throw RunError("out of memory while reading '" + path.string() + "'");
  }
}

bool file_exists(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return true;
  if (errno != ENOENT && errno != ENOTDIR) fail_to_read(path, reason());
  return false;
}

namespace {

/// @param drawn  8 hexadecimal digits
std::string partial_name(const std::string& name, const std::string& drawn) {
  const std::uint64_t hash = stable_hash({partial_mark, name, drawn});
  return name + std::string(partial_mark) + drawn +
         fmt::format("{:0{}x}", static_cast<std::uint32_t>(hash), drawn_digits);
}

bool is_partial_name(const std::string& found, const std::string& name) {
  const std::size_t start = name.size() + partial_mark.size();
  return found.size() == start + 2 * drawn_digits &&
         found == partial_name(name, found.substr(start, drawn_digits));
}

/// A temporary file next to the one that it will replace.
struct PartialFile {
  std::filesystem::path path;
  Descriptor opened;
};

PartialFile make_partial(const std::filesystem::path& path) {
  for (;;) {
    const std::filesystem::path drawn = partial_path(path);
    Descriptor opened(uninterrupted([&] {
      return ::open(drawn.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }));
    if (opened) return {drawn, std::move(opened)};
    if (errno != EEXIST) fail_to_write(path, reason());
  }
}

void write_flushed(int descriptor, const std::filesystem::path& path,
                   const std::function<void(const TextSink&)>& write) {
  constexpr std::size_t most_held = 1 << 16;
  std::string held;
  const auto release = [&] {
    if (!write_all(descriptor, held)) fail_to_write(path, reason());
    held.clear();
  };
  write([&](std::string_view piece) {
    held += piece;
    if (held.size() >= most_held) release();
  });
  release();
  if (!flush(descriptor, ::fsync)) fail_to_write(path, reason());
}

/// Writes a temporary file and moves it to `path`.
/// @param place  gives it its name, like rename()
void write_and_place(const std::filesystem::path& path,
                     const std::function<void(const TextSink&)>& write,
                     int (*place)(const char*, const char*)) {
  const PartialFile partial = make_partial(path);
  try {
    write_flushed(partial.opened.number(), path, write);
    if (uninterrupted([&] { return place(partial.path.c_str(), path.c_str()); }) != 0)
      fail_to_write(path, reason());
  } catch (...) {
    ::unlink(partial.path.c_str());
    throw;
  }
  flush_folder(folder_of(path));
}

/// Like rename(), but fails with EEXIST if the target exists. A file system without hard links
/// cannot do that in one step.
int rename_to_new(const char* from, const char* to) {
  if (::link(from, to) == 0) {
    ::unlink(from);
    return 0;
  }
  if (errno == EEXIST || errno == EINTR) return -1;
  if (::access(to, F_OK) != 0) return ::rename(from, to);
  errno = EEXIST;
  return -1;
}

}  // namespace

void write_file_atomic(const std::filesystem::path& path, std::string_view content) {
  write_file_atomic(path, [content](const TextSink& write) { write(content); });
}

void write_file_atomic(const std::filesystem::path& path,
                       const std::function<void(const TextSink&)>& write) {
  write_and_place(path, write, ::rename);
}

void write_new_file(const std::filesystem::path& path, std::string_view content) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) {
    throw UsageError("'" + path.string() +
                     "' exists already; choose another name, or remove it first");
  }
  write_and_place(
      path, [content](const TextSink& write) { write(content); }, rename_to_new);
}

std::filesystem::path partial_path(const std::filesystem::path& path) {
  std::random_device device;
  const std::string drawn =
      fmt::format("{:0{}x}", static_cast<std::uint32_t>(device()), drawn_digits);
  return path.parent_path() / partial_name(path.filename().string(), drawn);
}

void remove_partial_files(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  std::error_code harmless;  // a remaining file does no harm
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(folder_of(path), harmless), end; at != end;
       at.increment(harmless)) {
    if (is_partial_name(at->path().filename().string(), name)) found.push_back(at->path());
  }
  for (const auto& partial : found) std::filesystem::remove_all(partial, harmless);
}

std::vector<std::filesystem::path> make_folder(const std::filesystem::path& path) {
  const std::filesystem::path parent = folder_of(path);
  std::vector<std::filesystem::path> made;
  std::error_code failure;
  if (parent != path && !std::filesystem::exists(parent, failure)) made = make_folder(parent);
  if (std::filesystem::create_directory(path, failure)) made.push_back(path);
  if (failure) {
    const CreatedFolders useless(std::move(made));
    throw RunError("cannot create '" + path.string() + "': " + failure.message());
  }
  flush_folder(parent);
  return made;
}

CreatedFolders::~CreatedFolders() {
  std::error_code not_empty;
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder)
    std::filesystem::remove(*folder, not_empty);
}

void flush_folder(const std::filesystem::path& folder) {
  const Descriptor opened(
      uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!opened && errno == EACCES) return;  // writable, but not readable
  if (!opened || !flush(opened.number(), ::fsync)) fail_to_write(folder, reason());
}

AppendOnlyFile::AppendOnlyFile(std::filesystem::path path, Accepts accepts)
    : path_(std::move(path)), opened_(uninterrupted([&] {
        if (accepts == Accepts::files) require_file_or_nothing(path_);
        return ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
      })) {
  struct stat file {};
  if (!opened_ || ::fstat(opened_.number(), &file) != 0) fail_to_write(path_, reason());
  regular_ = S_ISREG(file.st_mode);
  if (!regular_) return;
  size_ = file.st_size;
  if (empty()) flush_folder(folder_of(path_));
}

namespace {

AppendOnlyFile::Lines split_lines(std::string_view text) {
  AppendOnlyFile::Lines lines;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find('\n', start)) != text.npos; start = end + 1)
    lines.complete.emplace_back(text.substr(start, end - start));
  lines.incomplete = text.substr(start);
  if (lines.incomplete.empty() && !lines.complete.empty() &&
      lines.complete.back().find('\0') != std::string::npos) {
    lines.incomplete = std::move(lines.complete.back());
    lines.complete.pop_back();
  }
  return lines;
}

std::string read_all_of(const std::filesystem::path& path) {
  constexpr std::uint64_t longest = std::uint64_t{4} << 30;  // more than any run writes
  return read_file(path, longest);
}

}  // namespace

AppendOnlyFile::Lines AppendOnlyFile::lines() const {
  const std::string text = read_all_of(path_);
  if (regular_) require_size(static_cast<std::int64_t>(text.size()));
  return split_lines(text);
}

AppendOnlyFile::Lines AppendOnlyFile::lines_of(const std::filesystem::path& path) {
  return split_lines(read_all_of(path));
}

void AppendOnlyFile::drop_incomplete(const Lines& lines) {
  if (lines.incomplete.empty()) return;
  spdlog::warn("{}: the last line is incomplete and is dropped", path_.string());
  std::int64_t size = 0;
  for (const std::string& line : lines.complete) size += static_cast<std::int64_t>(line.size()) + 1;
  if (!cut(size)) fail_to_write(path_, reason());
  size_ = size;
}

void AppendOnlyFile::require_intact() const {
  if (!failure_.empty()) fail_to_write(path_, failure_);
  if (!regular_) return;
  struct stat mine {};
  struct stat found {};
  if (::fstat(opened_.number(), &mine) != 0 || ::stat(path_.c_str(), &found) != 0)
    fail_to_write(path_, "it can no longer be reached: " + reason());
  if (!same_file(mine, found)) fail_to_write(path_, "another file has taken its place");
  require_size(mine.st_size);
}

void AppendOnlyFile::append_line(std::string_view line) {
  require_intact();
  const std::string text = std::string(line) + '\n';
  if (write_all(opened_.number(), text) && flush(opened_.number(), ::fdatasync)) {
    size_ += static_cast<std::int64_t>(text.size());
    return;
  }
  if (!regular_ && errno == EPIPE) throw OutputClosed();
  failure_ = reason();
  if (regular_ && !cut(size_)) failure_ += " (and the incomplete last line could not be removed)";
  fail_to_write(path_, failure_);
}

bool AppendOnlyFile::cut(std::int64_t size) {
  return uninterrupted([&] { return ::ftruncate(opened_.number(), size); }) == 0;
}

void AppendOnlyFile::require_size(std::int64_t found) const {
  if (found == size_) return;
  fail_to_write(path_, "something else has changed it: it has " + std::to_string(found) +
                           " bytes, expected " + std::to_string(size_));
}

}  // namespace wrcor

#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "core/counted.h"
#include "core/file.h"
#include "internal/output_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 1 << 16;

bool leads_outside(const fs::path& path) {
  return path.is_absolute() || std::ranges::find(path, fs::path("..")) != path.end();
}

class TarReader {
 public:
  explicit TarReader(const fs::path& path)
      : path_(path), archive_(archive_read_new(), archive_read_free) {
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    if (archive_read_open_filename(archive_.get(), path.c_str(), block_bytes) != ARCHIVE_OK) {
      fail_to_read();
    }
  }

  /// Advances to the next member. @return false at the end
  bool next() {
    const int code = archive_read_next_header(archive_.get(), &entry_);
    if (code == ARCHIVE_EOF) return false;
    if (code < ARCHIVE_WARN) fail_to_read();
    check_entry();
    return true;
  }

  bool is_folder() const { return archive_entry_filetype(entry_) == AE_IFDIR; }
  fs::path member() const { return fs::path(name()).lexically_normal(); }
  std::uint64_t member_bytes() const {
    return static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry_), 0));
  }

  /// The next bytes of the member; none at its end.
  std::span<const char> read() {
    const la_ssize_t count = archive_read_data(archive_.get(), block_.data(), block_.size());
    if (count < 0) fail_to_read();
    return {block_.data(), static_cast<std::size_t>(count)};
  }

  [[noreturn]] void refuse(const std::string& found) const {
    throw DataError("'" + path_.string() + "': found " + found +
                    "; nothing of the archive is used");
  }

 private:
  std::string name() const {
    const char* name = archive_entry_pathname(entry_);
    return name == nullptr ? "" : name;
  }

  void check_entry() const {
    if (leads_outside(name())) refuse("a path that leads outside, " + in_quotes(name()));
    const auto type = archive_entry_filetype(entry_);
    const bool hard_link = archive_entry_hardlink(entry_) != nullptr;
    if (hard_link || (type != AE_IFREG && type != AE_IFDIR)) {
      refuse(in_quotes(name()) + ", which is neither a regular file nor a folder");
    }
  }

  [[noreturn]] void fail_to_read() const {
    const char* words = archive_error_string(archive_.get());
    throw DataError("'" + path_.string() +
                    "' cannot be unpacked: " + (words == nullptr ? "it is damaged" : words));
  }

  fs::path path_;
  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
  archive_entry* entry_ = nullptr;  ///< owned by archive_
  std::array<char, block_bytes> block_{};
};

/// The most bytes that all members of such an archive, and their headers, may have: a bomb has
/// more.
std::uint64_t most_bytes(const std::vector<ArchiveMember>& members) {
  std::uint64_t needed = 0;
  for (const ArchiveMember& member : members) needed += member.bytes;
  constexpr std::uint64_t small_files = 1 << 20;
  return 2 * needed + small_files;
}

void unpack_member(TarReader& tar, const ArchiveMember& member, const fs::path& file,
                   const std::function<void()>& stop_point) {
  make_folder(file.parent_path());
  OutputFile out(file);
  for (auto bytes = tar.read(); !bytes.empty(); bytes = tar.read()) {
    if (stop_point) stop_point();
    if (out.size() + bytes.size() > member.bytes) break;
    out.append(bytes);
  }
  if (out.size() != member.bytes) tar.refuse(in_quotes(member.path) + " of another size");
  out.flush();
}

}  // namespace

void unpack(const fs::path& archive, const std::vector<ArchiveMember>& members,
            const fs::path& folder, const std::function<void()>& stop_point) {
  constexpr std::uint64_t header_bytes = 512;
  const std::uint64_t limit = most_bytes(members);
  std::uint64_t total = 0;
  std::set<std::string> unpacked;
  for (TarReader tar(archive); tar.next();) {
    if (stop_point) stop_point();
    if (tar.member_bytes() > limit || (total += header_bytes + tar.member_bytes()) > limit) {
      tar.refuse("more than " + std::to_string(limit) + " bytes");
    }
    const auto member = std::ranges::find(members, tar.member().string(), &ArchiveMember::path);
    if (tar.is_folder() || member == members.end()) continue;
    if (!unpacked.insert(member->path).second) tar.refuse(in_quotes(member->path) + " twice");
    if (tar.member_bytes() != member->bytes) {
      tar.refuse(in_quotes(member->path) + " with " + counted(tar.member_bytes(), "byte") +
                 ", expected " + std::to_string(member->bytes));
    }
    unpack_member(tar, *member, folder / member->path, stop_point);
  }
  for (const ArchiveMember& member : members) {
    if (!unpacked.contains(member.path)) {
      throw DataError("'" + archive.string() + "' lacks " + in_quotes(member.path) +
                      "; nothing of the archive is used");
    }
    flush_folder((folder / member.path).parent_path());
  }
}

}  // namespace wrcor

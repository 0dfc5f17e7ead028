#include "support/tar.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace wrcor::test {
namespace {

la_ssize_t append(archive*, void* text, const void* data, std::size_t size) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

void write_entry(archive* out, const TarEntry& entry) {
  using Type = TarEntry::Type;
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> header(archive_entry_new(),
                                                                             archive_entry_free);
  archive_entry_set_pathname(header.get(), entry.path.c_str());
  archive_entry_set_perm(header.get(), 0644);
  archive_entry_set_filetype(header.get(), entry.type == Type::folder          ? AE_IFDIR
                                           : entry.type == Type::symbolic_link ? AE_IFLNK
                                           : entry.type == Type::fifo          ? AE_IFIFO
                                           : entry.type == Type::device        ? AE_IFCHR
                                                                               : AE_IFREG);
  if (entry.type == Type::symbolic_link) {
    archive_entry_set_symlink(header.get(), entry.content.c_str());
  }
  if (entry.type == Type::hard_link) {
    archive_entry_set_hardlink(header.get(), entry.content.c_str());
  }
  const bool has_content = entry.type == Type::file;
  archive_entry_set_size(header.get(),
                         has_content ? static_cast<la_int64_t>(entry.content.size()) : 0);
  if (archive_write_header(out, header.get()) != ARCHIVE_OK) {
    throw std::runtime_error(archive_error_string(out));
  }
  if (has_content) archive_write_data(out, entry.content.data(), entry.content.size());
}

}  // namespace

std::string tar_gz(const std::vector<TarEntry>& entries) {
  std::string text;
  const std::unique_ptr<archive, decltype(&archive_write_free)> out(archive_write_new(),
                                                                    archive_write_free);
  archive_write_add_filter_gzip(out.get());
  archive_write_set_format_ustar(out.get());
  archive_write_set_bytes_in_last_block(out.get(), 1);  // no padding
  archive_write_open(out.get(), &text, nullptr, append, nullptr);
  for (const TarEntry& entry : entries) write_entry(out.get(), entry);
  archive_write_close(out.get());
  return text;
}

}  // namespace wrcor::test

#include "internal/stored_archive.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view end_signature = "PK\5\6", directory_signature = "PK\1\2",
                           record_signature = "PK\3\4";
constexpr std::size_t end_size = 22, entry_size = 46, header_size = 30;
constexpr std::uint64_t longest_comment = 0xffff;
constexpr std::uint64_t longest_directory = 16 << 20;

/// An unsigned number in little endian. The caller ensures that the bytes exist.
std::uint64_t number_at(std::string_view bytes, std::size_t position, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = length; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[position + i]);
  }
  return value;
}

/// "archive/data/0" -> "data/0"
std::string without_folder(std::string_view name) {
  return std::string(name.substr(std::min(name.find('/') + 1, name.size())));
}

std::uint64_t crc_of(std::span<const char> bytes) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

// A fuzzer would hardly ever produce a correct checksum.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool checks_records = false;
#else
constexpr bool checks_records = true;
#endif

}  // namespace

StoredArchive::StoredArchive(std::istream& stream) : stream_(stream) {
  stream_.seekg(0, std::ios::end);
  const auto end = stream_.tellg();
  if (!stream_ || end < 0) throw ArchiveError("a file that cannot be sought in");
  file_size_ = static_cast<std::uint64_t>(end);
  if (file_size_ < end_size) throw ArchiveError("an archive that is cut short");

  const std::uint64_t tail_size = std::min(file_size_, end_size + longest_comment);
  const std::string tail = bytes(file_size_ - tail_size, tail_size);
  const std::size_t place = tail.rfind(end_signature, tail.size() - end_size);
  if (place == tail.npos) throw ArchiveError("an archive that is cut short: its end is missing");
  const std::uint64_t size = number_at(tail, place + 12, 4), start = number_at(tail, place + 16, 4);
  if (size == 0xffffffff || start == 0xffffffff) {
    throw ArchiveError("an archive of more than 4 GiB");
  }
  read_directory(start, size);
}

void StoredArchive::read_directory(std::uint64_t start, std::uint64_t size) {
  if (size > longest_directory) throw ArchiveError("an archive of too many records");
  const std::string directory = bytes(start, size);
  std::uint64_t stored = 0;
  for (std::string_view rest = directory; !rest.empty();) {
    if (rest.size() < entry_size || !rest.starts_with(directory_signature)) {
      throw ArchiveError("a broken list of records");
    }
    const std::size_t name_size = number_at(rest, 28, 2);
    const std::size_t whole =
        entry_size + name_size + number_at(rest, 30, 2) + number_at(rest, 32, 2);
    if (rest.size() < whole) throw ArchiveError("a broken list of records");
    const std::string name = without_folder(rest.substr(entry_size, name_size));
    const bool is_encrypted = (number_at(rest, 8, 2) & 1) != 0;
    const Record record{number_at(rest, 42, 4), number_at(rest, 24, 4), number_at(rest, 16, 4)};
    if (number_at(rest, 10, 2) != 0 || is_encrypted || number_at(rest, 20, 4) != record.size) {
      throw ArchiveError(
          "the record " + in_quotes(name) +
          ", which is compressed or encrypted; torch.save stores records as they are");
    }
    if (record.size > file_size_) {
      throw ArchiveError("the record " + in_quotes(name) + ", which is larger than the file");
    }
    // Each record may fit by itself and all of them may be the same bytes: read one by one, they
    // would fill memory.
    stored += record.size;
    if (stored > file_size_) {
      throw ArchiveError("records that take more bytes than the file has, up to " +
                         in_quotes(name));
    }
    if (!records_.emplace(name, record).second) {
      throw ArchiveError("two records " + in_quotes(name));
    }
    rest.remove_prefix(whole);
  }
}

void StoredArchive::read(const std::string& record, std::span<char> target) const {
  const Record& found = at(record);
  const std::string header = bytes(found.header, header_size);
  if (!header.starts_with(record_signature)) {
    throw ArchiveError("no record where " + in_quotes(record) + " should be");
  }
  fill(found.header + header_size + number_at(header, 26, 2) + number_at(header, 28, 2), target);
  if (checks_records && crc_of(target) != found.crc) {
    throw ArchiveError("the record " + in_quotes(record) + ", which is damaged");
  }
}

const StoredArchive::Record& StoredArchive::at(const std::string& record) const {
  const auto found = records_.find(record);
  if (found == records_.end()) throw ArchiveError("no record " + in_quotes(record));
  return found->second;
}

std::string StoredArchive::bytes(std::uint64_t start, std::uint64_t length) const {
  if (start > file_size_ || length > file_size_ - start) {
    throw ArchiveError("an archive that is cut short");
  }
  std::string content(length, '\0');
  fill(start, content);
  return content;
}

void StoredArchive::fill(std::uint64_t start, std::span<char> target) const {
  if (start > file_size_ || target.size() > file_size_ - start) {
    throw ArchiveError("an archive that is cut short");
  }
  stream_.clear();
  stream_.seekg(static_cast<std::streamoff>(start));
  stream_.read(target.data(), static_cast<std::streamsize>(target.size()));
  if (!stream_) throw ArchiveError("an archive that cannot be read to its end");
}

}  // namespace wrcor

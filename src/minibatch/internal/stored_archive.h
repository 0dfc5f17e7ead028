#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>

namespace wrcor {

/// The error in an archive, in one line.
struct ArchiveError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A zip archive whose records are stored as they are, without compression, as `torch.save` writes
/// them. Reads the list of records at construction, a record's bytes on demand. No record extends
/// beyond the file, so nothing in the archive expands to more bytes than it has, and each record is
/// checked by its CRC-32. Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
class StoredArchive {
 public:
  /// @param stream  must be seekable; outlives the object
  /// @throws ArchiveError, here and below.
  explicit StoredArchive(std::istream& stream);

  bool holds(const std::string& record) const { return records_.contains(record); }
  /// Bytes of a record. @param record  its name without the folder that all records lie in
  std::uint64_t size(const std::string& record) const { return at(record).size; }
  /// @param bytes  size(record) of them
  void read(const std::string& record, std::span<char> bytes) const;

 private:
  struct Record {
    std::uint64_t header;  ///< byte in the file
    std::uint64_t size;
    std::uint64_t crc;
  };

  void read_directory(std::uint64_t start, std::uint64_t size);
  const Record& at(const std::string& record) const;
  std::string bytes(std::uint64_t start, std::uint64_t length) const;
  void fill(std::uint64_t start, std::span<char> bytes) const;

  std::istream& stream_;
  std::uint64_t file_size_ = 0;
  std::map<std::string, Record> records_;
};

}  // namespace wrcor

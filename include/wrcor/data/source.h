#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wrcor {

/// A regular file of an archive.
struct ArchiveMember {
  std::string path;  ///< in the archive, such as "cifar-100-binary/train.bin"
  std::uint64_t bytes = 0;
};

/// Where a data set can be downloaded: one gzipped tar archive of known content.
struct DataSource {
  std::string title;                   ///< for messages, such as "CIFAR-100"
  std::string base;                    ///< URL of the folder that has the archive
  std::string archive;                 ///< name of the archive
  std::uint64_t bytes = 0;             ///< of the archive
  std::string sha256;                  ///< of the archive, 64 lower-case hexadecimal digits
  std::string folder;                  ///< that contains all of its members
  std::vector<ArchiveMember> members;  ///< the required ones; others are skipped
};

/// Obtains a missing data set. @throws the error that prevents it
using DataFetcher = std::function<void(const DataSource&)>;

}  // namespace wrcor

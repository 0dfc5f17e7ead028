#pragma once

#include <string>
#include <vector>

namespace wrcor::test {

struct TarEntry {
  enum class Type { file, folder, symbolic_link, hard_link, fifo, device };

  std::string path;
  std::string content;  ///< of a link: where it leads
  Type type = Type::file;
};

/// A gzipped tar archive with these entries as they are, whatever their paths.
std::string tar_gz(const std::vector<TarEntry>& entries);

}  // namespace wrcor::test

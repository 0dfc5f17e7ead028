#pragma once

#include "support/temporary_folder.h"

namespace wrcor::test {

/// A file with the given content in its own folder; both are removed with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content, const std::string& name = "my.yaml")
      : path_(folder_.write(name, content)) {}

  const std::filesystem::path& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

}  // namespace wrcor::test

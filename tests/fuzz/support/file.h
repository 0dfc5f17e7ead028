#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace wrcor::fuzz {

/// A file in memory in its own folder, for readers that open files by path. It is in /dev/shm and
/// is removed with the process.
class InputFile {
 public:
  explicit InputFile(const std::string& name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Replaces the content.
  void write(std::string_view content) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace wrcor::fuzz

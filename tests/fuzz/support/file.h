#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace wrcor::fuzz {

/// A file in memory with a folder of its own, for readers that open what they read. It lies in
/// /dev/shm and goes with the process.
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

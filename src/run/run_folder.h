#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/core/file_lock.h"

namespace wrcor {

/// The text as one word of a shell command.
std::string shell_word(const std::string& text);

/// Whether there is a file. @throws nothing: where that cannot be seen, there is none.
bool is_there(const std::filesystem::path& path);

/// A run's folder that no other process writes. One that was made for it and stays empty goes with
/// the object.
class OwnFolder {
 public:
  /// @param lock     the file that says who writes there
  /// @param written  files that are replaced as a whole: what a killed process left of them goes
  OwnFolder(const std::filesystem::path& path, const std::filesystem::path& lock,
            const std::vector<std::filesystem::path>& written);
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

 private:
  std::filesystem::path path_;
  bool existed_;
  std::optional<FileLock> lock_;
};

/// Where nothing else of a run is, a config.json is somebody's own, unless it is what the run would
/// write. @param what  is begun: "search" @throws UsageError
void require_no_other_config(const std::filesystem::path& config, const std::string& document,
                             const std::string& what);

/// "2026-01-31T14:25:01Z"
std::string utc_now();
/// Such as "Linux x86_64".
std::string machine_name();

}  // namespace wrcor

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/file_lock.h"

namespace wrcor {

/// The text as one word of a shell command.
std::string shell_word(const std::string& text);

/// A run's folder that no other process writes. What was made for it and stays empty, those above
/// it included, goes with the object.
class OwnFolder {
 public:
  /// @param lock     the file that says who writes there
  /// @param written  files that are replaced as a whole: what a killed process left of them goes
  OwnFolder(const std::filesystem::path& path, const std::filesystem::path& lock,
            const std::vector<std::filesystem::path>& written);

 private:
  MadeFolders made_;
  FileLock lock_;  ///< goes before the folders
};

/// Refuses a file that a run would replace though it is not of it. @param run  such as "search"
UsageError not_of_this(const std::string& run, const std::filesystem::path& file);

/// Whether a file holds nothing, or zeros alone, which a machine that goes down leaves in place of
/// what did not reach the disk. @throws DataError
bool holds_nothing(const std::filesystem::path& file);

/// Where nothing else of a run is, a config.json is somebody's own, unless it is what the run would
/// write. @param what  is begun: "search" @throws UsageError
void require_no_other_config(const std::filesystem::path& config, const std::string& document,
                             const std::string& what);

/// "2026-01-31T14:25:01Z"
std::string utc_now();

}  // namespace wrcor

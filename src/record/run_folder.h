#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/file_lock.h"
#include "wrcor/core/error.h"

namespace wrcor {

struct ConfigSources;

/// The text as one word of a shell command.
std::string shell_word(const std::string& text);

/// A run's folder that no other process writes. Folders that were made for it, including those
/// above it, are removed with the object if they stay empty.
class OwnFolder {
 public:
  /// @param lock      the file that names the process writing there
  /// @param written   files that are replaced as a whole: temporary files of killed processes are
  ///                  removed
  /// @param patience  how long to wait for another process
  /// @throws UsageError when another process keeps the folder, or when it is a file; RunError
  OwnFolder(const std::filesystem::path& path, const std::filesystem::path& lock,
            const std::vector<std::filesystem::path>& written, std::chrono::seconds patience = {});

 private:
  CreatedFolders made_;
  FileLock lock_;  ///< removed before the folders
};

/// Refuses a path for a folder at which another kind of file exists. @throws UsageError
void require_place_of_folder(const std::filesystem::path& path);

/// Takes the settings that a run has recorded, in place of those of the environment.
/// @throws DataError when the file is empty
void take_recorded_settings(ConfigSources& sources, const std::filesystem::path& config);

/// The same for a run that continues: warns of variables that would change it.
void continue_with_settings(ConfigSources& sources, const std::filesystem::path& config);

/// Refuses a file that a run would replace but that is not its own. @param run  such as "search"
UsageError not_of_this(const std::string& run, const std::filesystem::path& file);

/// Whether a file is empty or holds only zeros, which a crash of the machine leaves where data did
/// not reach the disk. @throws DataError
bool holds_nothing(const std::filesystem::path& file);

/// Without other files of a run, a config.json belongs to the user, unless it equals what the run
/// would write. @param what  is started: "search" @throws UsageError
void require_no_other_config(const std::filesystem::path& config, const std::string& document,
                             const std::string& what);

/// "2026-01-31T14:25:01Z"
std::string utc_now();

}  // namespace wrcor

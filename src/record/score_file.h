#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/file_lock.h"
#include "record/score_writer.h"

namespace wrcor {

/// A file of scores that grows by one line per architecture, each on the disk when append()
/// returns; an existing file is continued. An incomplete last line, as a crash leaves it, is cut
/// off. While the object lives no other process writes the file.
///
/// Failed evaluations are not stored, so continuing the file retries them, including those that an
/// older version stored.
class ScoreFile {
 public:
  /// @param form      the file's form; outlives this object
  /// @param settings  identity of the settings of the scores
  /// @param proxies   of every architecture
  /// @throws UsageError when the file holds scores of other settings or proxies, or something else,
  /// or is being written by another process; DataError naming the line when a score was changed, or
  /// contradicts the settings of those before it, or when a newer program wrote it; RunError
  ScoreFile(const std::filesystem::path& path, ScoreLines& form, const std::string& settings,
            const std::vector<std::string>& proxies);

  bool holds(const std::string& arch) const { return known_.contains(arch); }
  /// Adds an evaluation, unless it failed.
  void append(const std::string& arch, const Evaluation& evaluation);

 private:
  void read_existing(const std::filesystem::path& path, const std::string& settings,
                     const std::set<std::string>& proxies);

  ScoreLines& form_;
  std::set<std::string> known_;
  std::optional<FileLock> lock_;  ///< none for pipes and devices
  AppendOnlyFile file_;
};

}  // namespace wrcor

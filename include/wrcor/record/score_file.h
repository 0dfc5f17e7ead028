#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "wrcor/core/file.h"
#include "wrcor/core/file_lock.h"
#include "wrcor/record/score_writer.h"

namespace wrcor {

/// A file of scores that grows by one line an architecture, each on the disk when append() returns;
/// an existing file is continued. An incomplete last line, the trace of a crash, is cut off. While
/// the object lives no other process writes the file.
///
/// Evaluations that failed are not kept: whoever continues the file tries them again. So are those
/// that an older version has kept.
class ScoreFile {
 public:
  /// @param form      the file's form; outlives this object
  /// @param settings  identity of how the scores are made
  /// @param proxies   that every architecture is scored by
  /// @throws UsageError when the file holds scores of other settings or proxies, or something else,
  /// or is being written by another process; DataError naming the line when a score is not as it
  /// was written, or is not of the same run as those before it, or when a newer program wrote it;
  /// RunError
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
